import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Rules, RulesChange } from "../../api/generated";
import { QUEUE, setRules, type Community } from "../../api/moderation";
import { Check } from "../../components/check";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { useAction } from "../../signed-in/use-action";
import classes from "./settings-view.module.css";
import { Webhooks } from "./webhooks";

interface SettingsViewProps {
  community: Community;
  rules: Rules;
  labels: readonly string[];
  /** Whether the classifier is one that people teach. */
  canLearn: boolean;
}

/** What the labels mean, whether decisions teach, and where events are sent. */
export function SettingsView({ community, rules, labels, canLearn }: SettingsViewProps) {
  return (
    <div className={classes.settings}>
      <RulesForm key={JSON.stringify(rules)} {...{ community, rules, labels, canLearn }} />
      <Webhooks name={rules.classifier} />
      <section aria-labelledby="server-settings">
        <h2 id="server-settings" className={shared.title}>
          Set by the server’s administrator
        </h2>
        <dl className={classes.facts}>
          <dt>Share of blind comments</dt>
          <dd>
            <code>VALENCE_BLIND_PERCENT</code>, by default 10
          </dd>
          <dt>Days that a comment is kept after its decision</dt>
          <dd>
            <code>VALENCE_ITEM_DAYS</code>, by default 30
          </dd>
        </dl>
      </section>
    </div>
  );
}

function RulesForm({ community, rules, labels, canLearn }: SettingsViewProps) {
  const client = useQueryClient();
  const [change, setChange] = useState<RulesChange>({});
  const now = { ...rules, ...change };
  const saving = useAction(async () => {
    await setRules(community, change);
    await client.invalidateQueries({ queryKey: QUEUE });
  });
  return (
    <section aria-labelledby="rules">
      <h2 id="rules" className={shared.title}>
        Labels and decisions
      </h2>
      <div className={classes.fields}>
        <LabelChoice
          label="A comment that needs no action is"
          value={now.approve_label}
          labels={labels}
          onChoose={(label) => setChange({ ...change, approve_label: label })}
        />
        <LabelChoice
          label="A comment that is removed is"
          value={now.remove_label}
          labels={labels}
          onChoose={(label) => setChange({ ...change, remove_label: label })}
        />
        <Check
          label="Decisions become examples of the classifier, which keep their texts"
          checked={now.learn ?? false}
          onChange={(learn) => setChange({ ...change, learn })}
        />
        {canLearn ? null : (
          <p className={classes.note}>
            {rules.classifier} came with the server, so it can’t learn. Choose a classifier that you made in
            Train.
          </p>
        )}
        <Check
          label="Dry run: show what would be flagged, and send no event for it"
          checked={now.dry_run ?? true}
          onChange={(dryRun) => setChange({ ...change, dry_run: dryRun })}
        />
      </div>
      <Button
        mt="sm"
        disabled={Object.keys(change).length === 0 || saving.pending}
        onClick={() => saving.run()}
      >
        {saving.pending ? "Saving…" : "Save"}
      </Button>
      {saving.notice}
    </section>
  );
}

interface LabelChoiceProps {
  label: string;
  value: string | null | undefined;
  labels: readonly string[];
  onChoose: (label: string) => void;
}

function LabelChoice({ label, value, labels, onChoose }: LabelChoiceProps) {
  const known = value ? [...new Set([value, ...labels])] : labels;
  return (
    <Choice
      label={label}
      value={value ?? ""}
      options={[
        ...(value ? [] : [{ value: "", name: "choose a label" }]),
        ...known.map((name) => ({ value: name, name })),
      ]}
      onChoose={(chosen) => {
        if (chosen !== "") onChoose(chosen);
      }}
    />
  );
}
