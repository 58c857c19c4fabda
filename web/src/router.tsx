import { Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";

import { TryPage } from "./features/try/try-page";
import { UnsentFeedback } from "./feedback/unsent-feedback";
import { lazyPage, PageBoundary, PageLoading } from "./lazy-page";
import { paths } from "./lib/paths";
import { NotFound } from "./shell/not-found";
import { Shell } from "./shell/shell";
import { SignInByAddress } from "./sign-in-by-address";

const FilePage = lazyPage(async () => (await import("./features/file/file-page")).FilePage);
const DiscussionPage = lazyPage(
  async () => (await import("./features/queue/discussion/discussion-page")).DiscussionPage,
);
const ModelPage = lazyPage(async () => (await import("./features/model/model-page")).ModelPage);
const DevelopersPage = lazyPage(
  async () => (await import("./features/developers/developers-page")).DevelopersPage,
);
const QueuePage = lazyPage(async () => (await import("./features/queue/queue-page")).QueuePage);
const TrainPage = lazyPage(async () => (await import("./features/train/train-page")).TrainPage);
const PerspectivePage = lazyPage(
  async () => (await import("./features/perspective/perspective-page")).PerspectivePage,
);

// wouter rather than a larger router: there are few pages, and typed search parameters aren't worth 25 kB.
export function Router() {
  const [path] = useLocation();
  return (
    <Shell>
      <SignInByAddress />
      <UnsentFeedback />
      <PageBoundary key={path}>
        <Suspense fallback={<PageLoading />}>
          <Switch>
            <Route path={paths.tryIt} component={TryPage} />
            <Route path={paths.many} component={FilePage} />
            <Route path={paths.discussion} component={DiscussionPage} />
            <Route path={paths.model} component={ModelPage} />
            <Route path={paths.developers} component={DevelopersPage} />
            <Route path={paths.queue} component={QueuePage} />
            <Route path={paths.train} component={TrainPage} />
            <Route path={paths.perspective} component={PerspectivePage} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </PageBoundary>
    </Shell>
  );
}
