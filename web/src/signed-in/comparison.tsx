import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../api/client";
import { comparisonQuery } from "../api/classifiers";
import type { FlippedText, VersionComparison } from "../api/generated";
import { Notice } from "../components/notice";
import shared from "../components/shared.module.css";
import { counted } from "../lib/format";
import classes from "./comparison.module.css";
import { chanceWords, labelText } from "./words";

interface ComparisonProps {
  name: string;
  version: number;
  withVersion: number;
}

/** Two versions on the same test examples, and the texts that they answer differently. */
export function Comparison({ name, version, withVersion }: ComparisonProps) {
  const { data, failureReason, isPending } = useQuery(comparisonQuery(name, version, withVersion));
  return (
    <section className={`${shared.card} ${classes.comparison}`} aria-labelledby="comparison">
      <h3 id="comparison" className={classes.title}>
        Version {version} compared with version {withVersion}
      </h3>
      <p role="status">
        {isPending && !failureReason ? "Both versions answer all examples…" : data?.verdict}
      </p>
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {data ? (
        <>
          <Figures comparison={data} />
          <Flipped comparison={data} />
        </>
      ) : null}
    </section>
  );
}

function Figures({ comparison }: { comparison: VersionComparison }) {
  const { rows, only_this: onlyThis, only_other: onlyOther, p_value: p } = comparison;
  const { version, with_version: other } = comparison;
  if (rows === 0) return null; // the verdict says so
  if (onlyThis + onlyOther === 0) return <p>Both are right for the same test examples.</p>;
  return (
    <p>
      Only version {version} is right for {counted(onlyThis, "text")}, only version {other} for{" "}
      {counted(onlyOther, "text")}. {chanceWords(p)}
    </p>
  );
}

function Flipped({ comparison }: { comparison: VersionComparison }) {
  const { flipped, texts, version, with_version: other } = comparison;
  if (flipped === 0) return <p>Every example gets the same answer from both.</p>;
  return (
    <>
      <h4>{counted(flipped, "example gets", "examples get")} another answer</h4>
      <div className={classes.scroll} role="region" aria-label="Examples with another answer" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Text</th>
              <th scope="col">Your label</th>
              <th scope="col">Version {other}</th>
              <th scope="col">Version {version}</th>
            </tr>
          </thead>
          <tbody>
            {texts.map((text) => (
              <FlippedRow key={text.id} text={text} />
            ))}
          </tbody>
        </table>
      </div>
      {texts.length < flipped ? <p>The first {counted(texts.length, "example")} of them.</p> : null}
    </>
  );
}

function FlippedRow({ text: { text, labels, before, after } }: { text: FlippedText }) {
  const mark = (answer: string[]) =>
    labels === null ? "" : labelText(answer) === labelText(labels) ? " ✓" : " ✗";
  return (
    <tr>
      <td dir="auto">{text}</td>
      <td>{labelText(labels)}</td>
      <td>
        {labelText(before)}
        {mark(before)}
      </td>
      <td>
        {labelText(after)}
        {mark(after)}
      </td>
    </tr>
  );
}
