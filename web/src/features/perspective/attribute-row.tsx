import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";

import { answerAttribute, attributesQuery } from "../../api/attributes";
import { asApiError } from "../../api/client";
import type { Attribute, AttributeChoice, ModelSummary } from "../../api/generated";
import { modelsQuery } from "../../api/queries";
import { Notice } from "../../components/notice";
import classes from "./attributes.module.css";

interface AttributeRowProps {
  name: string;
  /** Undefined if nothing answers it. */
  attribute: Attribute | undefined;
}

/** What answers an attribute; to be changed unless the settings say it. */
export function AttributeRow({ name, attribute }: AttributeRowProps) {
  return (
    <li className={classes.row}>
      {attribute?.source === "settings" ? (
        <>
          <code>{name}</code>
          <span>
            {attribute.classifier}: {attribute.label}
          </span>
          <span className={classes.quiet}>
            from VALENCE_PERSPECTIVE_ATTRIBUTES, which can’t be changed here
          </span>
        </>
      ) : (
        <AnswerChoice name={name} attribute={attribute} />
      )}
      {attribute?.problem ? <p className={classes.problem}>Can’t be answered: {attribute.problem}</p> : null}
    </li>
  );
}

function AnswerChoice({ name, attribute }: AttributeRowProps) {
  const id = useId();
  const client = useQueryClient();
  const models = useQuery(modelsQuery).data?.models ?? [];
  const choosing = useMutation({
    networkMode: "always",
    mutationFn: (choice: AttributeChoice | undefined) => answerAttribute(name, choice),
    onSettled: () => client.invalidateQueries(attributesQuery),
  });
  const options = optionsOf(models, attribute);
  const chosen = options.findIndex((option) => isSame(option, attribute));
  return (
    <>
      <label htmlFor={id}>
        <code>{name}</code>
      </label>
      <select
        id={id}
        value={`${chosen}`}
        aria-busy={choosing.isPending}
        onChange={(event) => {
          if (!choosing.isPending) choosing.mutate(options[Number(event.currentTarget.value)]);
        }}
      >
        <option value="-1">nothing</option>
        {options.map(({ classifier, label }, i) => (
          <option key={`${classifier}\n${label}`} value={`${i}`}>
            {classifier}: {label}
          </option>
        ))}
      </select>
      <span role="status" className={classes.quiet}>
        {choosing.isPending ? "Saving…" : choosing.isSuccess ? "Saved" : ""}
      </span>
      {choosing.error ? (
        <Notice title={asApiError(choosing.error).title} detail={asApiError(choosing.error).detail} />
      ) : null}
    </>
  );
}

/** Every label of every model, and the present answer if it is none of them. */
function optionsOf(models: readonly ModelSummary[], present: Attribute | undefined): AttributeChoice[] {
  const known = models.flatMap(({ name, labels }) => labels.map((label) => ({ classifier: name, label })));
  const isKnown = present === undefined || known.some((option) => isSame(option, present));
  return isKnown ? known : [...known, { classifier: present.classifier, label: present.label }];
}

const isSame = (one: AttributeChoice, other: AttributeChoice | undefined): boolean =>
  one.classifier === other?.classifier && one.label === other.label;
