import type { Identity } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { fixedPercent } from "../../lib/format";

/** Words that are shown, those that bring the label most often. */
const SHOWN = 8;

/** Whether words for groups of people, such as gay or Muslim, change the answers. */
export function IdentityTable({ identity }: { identity: Identity }) {
  const { sentence, sentences, labels } = identity;
  const [most] = labels;
  return (
    <div>
      <p>{sentence}</p>
      {most ? (
        <ChartTable
          title="Show these words"
          caption={`How many of ${sentences} harmless English sentences are answered with ${most.label}`}
          columns={["With the word", `Answered ${most.label}`, "Probability"]}
          rows={[
            ["(none)", fixedPercent(most.without, 0), ""],
            ...most.terms
              .slice(0, SHOWN)
              .map(({ term, share, probability }) => [
                term,
                fixedPercent(share, 0),
                fixedPercent(probability, 0),
              ]),
          ]}
        />
      ) : null}
    </div>
  );
}
