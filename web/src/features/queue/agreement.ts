/** How often two versions agree with the moderators' decisions. */
import type { Estimate, VersionComparison } from "../../api/generated";
import { counted, fixedPercent } from "../../lib/format";

const share = ({ value, low, high }: Estimate): string =>
  `${fixedPercent(value, 0)} (${fixedPercent(low, 0)} to ${fixedPercent(high, 0)})`;

export function agreementWords({ version, with_version: other, agreement }: VersionComparison): string {
  const { examples, this: own, other: others, gained, lost } = agreement;
  if (!own || !others) return "There is no decision to compare the versions on.";
  return (
    `Of ${counted(examples, "decision")}, version ${version} agrees with ${share(own)}, version ${other} with ${share(others)}. ` +
    `It gains ${counted(gained, "decision")} that version ${other} got wrong, and loses ${lost}. ` +
    "Decisions that a version has learnt from flatter it."
  );
}
