import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";

import { TryPage } from "./features/try/try-page";
import { paths } from "./lib/paths";
import { NotFound } from "./shell/not-found";
import { Shell } from "./shell/shell";

const DiscussionPage = lazy(() =>
  import("./features/discussion/discussion-page").then((module) => ({ default: module.DiscussionPage })),
);
const ManyPage = lazy(() =>
  import("./features/many/many-page").then((module) => ({ default: module.ManyPage })),
);
const ModelPage = lazy(() =>
  import("./features/model/model-page").then((module) => ({ default: module.ModelPage })),
);

// wouter, not a larger router: the pages are few, and typed search parameters are not worth 25 kB to a newcomer.
export function Router() {
  return (
    <Shell>
      <Suspense>
        <Switch>
          <Route path={paths.tryIt} component={TryPage} />
          <Route path={paths.many} component={ManyPage} />
          <Route path={paths.discussion} component={DiscussionPage} />
          <Route path={paths.model} component={ModelPage} />
          <Route component={NotFound} />
        </Switch>
      </Suspense>
    </Shell>
  );
}
