/** What a new version agrees with that the old one didn't. */
import type { VersionComparison } from "../../api/generated";
import { counted } from "../../lib/format";

const same = (one: readonly string[] | null, other: readonly string[]): boolean =>
  one !== null && [...one].sort().join("\n") === [...other].sort().join("\n");

export function agreementWords({ version, with_version: other, flipped, texts }: VersionComparison): string {
  if (flipped === 0) return `Versions ${version} and ${other} answer every example alike.`;
  const gained = texts.filter(({ labels, after }) => same(labels, after)).length;
  const lost = texts.filter(({ labels, before }) => same(labels, before)).length;
  const of =
    texts.length < flipped ? `Of the first ${texts.length} texts that they answer differently: ` : "";
  return (
    `${of}Version ${version} agrees with you on ${counted(gained, "text")} on which version ${other} didn’t. ` +
    `The other way round, it is ${counted(lost, "text")}.`
  );
}
