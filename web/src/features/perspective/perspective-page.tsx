import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import { AttributesSection } from "./attributes-section";
import { CompareView } from "./compare-view";

/** For who leaves Google's Perspective API: old scores against those of a classifier here. */
export function PerspectivePage() {
  return (
    <>
      <PageTitle>Move from Perspective</PageTitle>
      <PageHero title="Move from Perspective.">
        Drop comments with the scores that Perspective gave them. A classifier of this server scores them
        again, and you see the threshold that flags as many, and which comments would change.
      </PageHero>
      <CompareView />
      <AttributesSection />
    </>
  );
}
