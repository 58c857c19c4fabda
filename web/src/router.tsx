import { Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";

import { TryPage } from "./features/try/try-page";
import { UnsentFeedback } from "./feedback/unsent-feedback";
import { lazyPage, PageBoundary, PageLoading } from "./lazy-page";
import { paths } from "./lib/paths";
import { NotFound } from "./shell/not-found";
import { Shell } from "./shell/shell";

const ManyPage = lazyPage(async () => (await import("./features/many/many-page")).ManyPage);
const DiscussionPage = lazyPage(
  async () => (await import("./features/discussion/discussion-page")).DiscussionPage,
);
const ModelPage = lazyPage(async () => (await import("./features/model/model-page")).ModelPage);
const DevelopersPage = lazyPage(
  async () => (await import("./features/developers/developers-page")).DevelopersPage,
);

// wouter, not a larger router: the pages are few, and typed search parameters are not worth 25 kB to a newcomer.
export function Router() {
  const [path] = useLocation();
  return (
    <Shell>
      <UnsentFeedback />
      <PageBoundary key={path}>
        <Suspense fallback={<PageLoading />}>
          <Switch>
            <Route path={paths.tryIt} component={TryPage} />
            <Route path={paths.many} component={ManyPage} />
            <Route path={paths.discussion} component={DiscussionPage} />
            <Route path={paths.model} component={ModelPage} />
            <Route path={paths.developers} component={DevelopersPage} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </PageBoundary>
    </Shell>
  );
}
