import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { asApiError } from "../../api/client";
import type { NewWebhook, Webhook } from "../../api/generated";
import { addWebhook, removeWebhook, setWebhook, webhooksQuery } from "../../api/moderation";
import { Check } from "../../components/check";
import { CodeBlock } from "../../components/code-block";
import { Confirm } from "../../components/confirm";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import { useAction } from "../../signed-in/use-action";
import classes from "./settings-view.module.css";

type Event = Webhook["events"][number];
const EVENTS: readonly { event: Event; name: string }[] = [
  { event: "decision.made", name: "decisions" },
  { event: "decision.undone", name: "undone decisions" },
  { event: "item.flagged", name: "flagged comments, unless it is a dry run" },
];

/** Addresses to which this community’s events are sent. */
export function Webhooks({ name }: { name: string }) {
  const { data, failureReason } = useQuery(webhooksQuery);
  const [secret, setSecret] = useState<string>();
  const mine = data?.webhooks.filter(({ classifier }) => classifier === null || classifier === name) ?? [];
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks" className={shared.title}>
        Webhooks
      </h2>
      <p className={classes.note}>
        Decisions are sent to your own program, signed, at least once, without the texts.
      </p>
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      <ul className={classes.webhooks}>
        {mine.map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} />
        ))}
      </ul>
      {secret === undefined ? null : (
        <div role="status">
          <p>Its secret, shown only now. Your program checks the signatures with it.</p>
          <CodeBlock code={secret} label="Secret" />
        </div>
      )}
      {data ? <AddWebhook name={name} onAdded={setSecret} /> : null}
    </section>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { id, url, events, disabled_at: disabled, message, waiting, classifier } = webhook;
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const acting = useAction(async (act: () => Promise<unknown>) => {
    await act();
    await client.invalidateQueries(webhooksQuery);
  });
  return (
    <li>
      <code>{url}</code>
      <p className={classes.note}>
        {EVENTS.filter(({ event }) => events.includes(event))
          .map((event) => event.name)
          .join(", ")}
        {classifier === null ? " · of all communities" : ""}
        {waiting > 0 ? ` · ${counted(waiting, "event")} to send` : ""}
        {disabled === null ? "" : " · turned off"}
      </p>
      {message === "" ? null : <p className={classes.note}>Last failure: {message}</p>}
      <QuietButton onClick={() => acting.run(() => setWebhook(id, { enabled: disabled !== null }))}>
        {disabled === null ? "Turn off" : "Turn on"}
      </QuietButton>
      <QuietButton onClick={() => setAsking(true)}>Delete</QuietButton>
      {acting.notice}
      <Confirm
        open={asking}
        title="Delete this webhook?"
        detail="Events that aren’t sent yet are lost. A new one gets another secret."
        cancel="Cancel"
        confirm="Delete"
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          acting.run(() => removeWebhook(id));
        }}
      />
    </li>
  );
}

interface AddWebhookProps {
  name: string;
  onAdded: (secret: string | undefined) => void;
}

function AddWebhook({ name, onAdded }: AddWebhookProps) {
  const client = useQueryClient();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<Event[]>(["decision.made", "decision.undone"]);
  const adding = useAction(async (body: NewWebhook) => {
    const { secret } = await addWebhook(body);
    onAdded(secret ?? undefined);
    setUrl("");
    await client.invalidateQueries(webhooksQuery);
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (url.trim() !== "" && events.length > 0) adding.run({ url: url.trim(), events, classifier: name });
  };
  return (
    <form onSubmit={submit} className={classes.fields}>
      <label className={classes.address}>
        New address
        <input
          type="url"
          value={url}
          placeholder="https://forum.example/hooks/valence"
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      </label>
      {EVENTS.map(({ event, name: words }) => (
        <Check
          key={event}
          label={words}
          checked={events.includes(event)}
          onChange={(on) => setEvents(on ? [...events, event] : events.filter((other) => other !== event))}
        />
      ))}
      <div>
        <Button
          type="submit"
          variant="default"
          disabled={url.trim() === "" || events.length === 0 || adding.pending}
        >
          Add the webhook
        </Button>
      </div>
      {adding.notice}
    </form>
  );
}
