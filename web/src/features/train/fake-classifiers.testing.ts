/** A fake of the API for classifiers, with the generated types, so that it can't differ from the real one's. */
import { http, HttpResponse } from "msw";

import type {
  Classifier,
  ClassifierChange,
  EraseRequest,
  Erased,
  Example,
  ExampleChange,
  ExamplePage,
  ExamplesAdded,
  Fit,
  NewClassifier,
  NewExamples,
  NextTexts,
  PredictResponse,
  PublishRequest,
  Suspects,
  TryRequest,
  Version,
  VersionSummary,
} from "../../api/generated";
import {
  COMPARISON,
  UNKNOWN_AGREEMENT,
  counted,
  emptyClassifier,
  newVersion,
  NOW,
  rowOf,
  runningFit,
  versionOf,
  type Row,
} from "./fake-data.testing";
import { FakeSession } from "../../signed-in/fake-session.testing";
import { answerTo, problem, refuse, score } from "../../test/handlers";

const API = "*/api/v1";

/** A server with classifiers in memory. A fit is done when it is asked for the second time. */
export class FakeClassifiers extends FakeSession {
  classifiers: Classifier[] = [];
  examples: Example[] = [];
  versions: VersionSummary[] = [];
  /** The queries and bodies of files. */
  files: { query: URLSearchParams; csv: string }[] = [];
  /** The archive of the last upload. */
  uploaded: Uint8Array<ArrayBuffer> | undefined;
  enough = true;
  /** Whether versions lack what an older server didn't measure. */
  bare = false;
  suspects: Suspects["suspects"] = [];
  mistakes: Version["mistakes"] = [];
  private nextId = 1;

  add(name: string, labels: string[], rows: Row[] = []): void {
    this.classifiers.push(emptyClassifier({ name, labels }));
    rows.forEach((row) => this.put(row));
    this.count();
  }

  put({ text, labels, author }: Row, source: Example["source"] = "hand"): void {
    this.examples.push({
      id: this.nextId++,
      text,
      labels,
      part: "train",
      source,
      picked: null,
      author: author ?? null,
      checked: false,
      added_at: NOW,
      changed_at: NOW,
    });
  }

  get only(): Classifier {
    const [classifier] = this.classifiers;
    if (!classifier) throw new Error("There is no classifier.");
    return classifier;
  }

  /** Makes a version of the examples. */
  makeVersion(changed: Partial<VersionSummary> = {}): VersionSummary {
    const number = (this.versions.at(-1)?.number ?? 0) + 1;
    const version = { ...newVersion(number, this.examples.length), ...changed };
    this.versions.push(version);
    this.only.newest = version;
    return version;
  }

  count(): void {
    const [classifier] = this.classifiers;
    if (!classifier) return;
    const of = (label: string, part: string) =>
      this.examples.filter((row) => row.part === part && row.labels?.includes(label)).length;
    const labelled = this.examples.filter(({ labels }) => labels !== null);
    classifier.examples = {
      labels: classifier.labels.map((label) => ({
        label,
        train: of(label, "train"),
        test: of(label, "test"),
      })),
      train: labelled.filter(({ part }) => part === "train").length,
      test: labelled.filter(({ part }) => part === "test").length,
      unlabelled: this.examples.length - labelled.length,
    };
  }

  detail(number: number): Version | undefined {
    const summary = this.versions.find((version) => version.number === number);
    const version = summary && versionOf(summary, this.only.labels, this.mistakes, this.enough);
    return version && (this.bare ? { ...version, learning: null, identity: null } : version);
  }

  fit(): Fit {
    return (this.only.fit = runningFit(this.only.fit?.state === "running"));
  }

  /** A fit ends, as it does in the background. */
  endFit(): void {
    if (this.only.fit?.state !== "running") return;
    const version = this.makeVersion();
    this.only.fit = { ...this.only.fit, state: "done", version: version.number, ended_at: NOW };
  }

  handlers() {
    return [
      ...this.sessionHandlers(),
      ...this.classifierHandlers(),
      ...this.exampleHandlers(),
      ...this.versionHandlers(),
    ];
  }

  private classifierHandlers() {
    return [
      http.get(`${API}/classifiers`, () =>
        HttpResponse.json({
          classifiers: this.classifiers,
          most_classifiers: 20,
          most_examples: 25_000,
        }),
      ),
      http.post<never, NewClassifier>(`${API}/classifiers`, async ({ request }) => {
        const asked = await request.json();
        this.calls.push(`POST classifiers ${JSON.stringify(asked)}`);
        this.add(asked.name, asked.labels ?? []);
        return HttpResponse.json(this.only, { status: 201 });
      }),
      http.get(`${API}/classifiers/:name`, () => {
        this.count();
        const answer = HttpResponse.json(this.only);
        this.endFit();
        return answer;
      }),
      http.patch<never, ClassifierChange>(`${API}/classifiers/:name`, async ({ request }) => {
        this.only.labels = (await request.json()).labels ?? [];
        this.count();
        return HttpResponse.json(this.only);
      }),
      http.delete(`${API}/classifiers/:name`, () => {
        this.classifiers = [];
        return new HttpResponse(null, { status: 204 });
      }),
      http.post(`${API}/classifiers/:name/fit`, () => {
        this.calls.push("POST fit");
        return HttpResponse.json(this.fit(), { status: 202 });
      }),
      http.delete(`${API}/classifiers/:name/fit`, () => {
        if (this.only.fit) this.only.fit = { ...this.only.fit, state: "cancelled" };
        return new HttpResponse(null, { status: 204 });
      }),
      http.get(`${API}/classifiers/:name/next`, () => HttpResponse.json<NextTexts>(this.proposed())),
      http.get(`${API}/classifiers/:name/suspects`, () =>
        HttpResponse.json<Suspects>({
          version: 1,
          rows: 100,
          estimated_share: 0.03,
          suspects: this.suspects,
        }),
      ),
    ];
  }

  private proposed(): NextTexts {
    const waiting = this.examples.filter(({ labels }) => labels === null);
    return {
      unlabelled: waiting.length,
      texts: waiting.map((example) => ({ example, picked: "random", suggested: null, probability: null })),
    };
  }

  private exampleHandlers() {
    return [
      http.get(`${API}/classifiers/:name/examples`, ({ request }) => {
        const query = new URL(request.url).searchParams;
        const items = this.examples
          .filter(({ text }) => text.includes(query.get("search") ?? ""))
          .filter(({ labels }) => !query.has("label") || labels?.includes(query.get("label") ?? ""))
          .filter(({ labels }) => query.get("labelled") !== "false" || labels === null);
        return HttpResponse.json<ExamplePage>({ items, next: null });
      }),
      http.post<never, NewExamples>(`${API}/classifiers/:name/examples`, async ({ request }) => {
        const { examples } = await request.json();
        examples.forEach(({ text, labels }) => this.put({ text, labels: labels ?? null }));
        return HttpResponse.json<ExamplesAdded>(counted(examples.length));
      }),
      http.post(`${API}/classifiers/:name/examples/file`, async ({ request }) => {
        const [query, csv] = [new URL(request.url).searchParams, await request.text()];
        this.files.push({ query, csv });
        const all = csv.trim().split("\n");
        const lines = query.get("format") === "lines" ? all : all.slice(1);
        lines.forEach((line) => this.put(rowOf(line, query), "file"));
        if (query.get("new_labels") === "add") {
          this.only.labels = [
            ...new Set([...this.only.labels, ...this.examples.flatMap(({ labels }) => labels ?? [])]),
          ];
        }
        return HttpResponse.json<ExamplesAdded>(counted(lines.length));
      }),
      http.patch<{ id: string }, ExampleChange>(
        `${API}/classifiers/:name/examples/:id`,
        async ({ request, params }) => {
          const body = await request.json();
          this.calls.push(`PATCH ${params.id} ${JSON.stringify(body)}`);
          const example = this.examples.find(({ id }) => id === Number(params.id));
          if (!example) return refuse(problem(404, "unknown-example", "No such example", ""));
          if (body.labels !== undefined) example.labels = body.labels;
          if (body.checked) example.checked = true;
          this.suspects = this.suspects.filter((suspect) => suspect.example.id !== example.id);
          this.mistakes = this.mistakes.filter(({ id }) => id !== example.id);
          return HttpResponse.json(example);
        },
      ),
      http.delete<{ id: string }>(`${API}/classifiers/:name/examples/:id`, ({ params }) => {
        this.calls.push(`DELETE ${params.id}`);
        this.examples = this.examples.filter(({ id }) => id !== Number(params.id));
        return new HttpResponse(null, { status: 204 });
      }),
      http.post<never, EraseRequest>(`${API}/examples/erase`, async ({ request }) => {
        const { author, text } = await request.json();
        const before = this.examples.length;
        this.examples = this.examples.filter((row) => (author ? row.author !== author : row.text !== text));
        return HttpResponse.json<Erased>({ erased: before - this.examples.length, items: 0 });
      }),
    ];
  }

  private versionHandlers() {
    const one = `${API}/classifiers/:name/versions/:number`;
    return [
      http.get(`${API}/classifiers/:name/versions`, () =>
        HttpResponse.json({ versions: this.versions.toReversed() }),
      ),
      http.post(`${API}/classifiers/:name/versions`, async ({ request }) => {
        this.uploaded = new Uint8Array(await request.arrayBuffer());
        const { number } = this.makeVersion({ uploaded: true });
        return HttpResponse.json(this.detail(number), { status: 201 });
      }),
      http.get<{ number: string }>(one, ({ params }) =>
        HttpResponse.json(this.detail(Number(params.number))),
      ),
      http.delete<{ number: string }>(one, ({ params }) => {
        this.versions = this.versions.filter(({ number }) => number !== Number(params.number));
        this.only.newest = this.versions.at(-1) ?? null;
        return new HttpResponse(null, { status: 204 });
      }),
      http.post<never, TryRequest>(`${one}/predict`, async ({ request }) => {
        const { text } = await request.json();
        return HttpResponse.json<PredictResponse>(answerTo(score(text, true)));
      }),
      http.get(`${one}/compare`, ({ request }) => {
        const ofDecisions = new URL(request.url).searchParams.get("source") === "decision";
        return HttpResponse.json({ ...COMPARISON, ...(ofDecisions ? {} : { agreement: UNKNOWN_AGREEMENT }) });
      }),
      http.post<never, PublishRequest>(`${API}/classifiers/:name/published`, async ({ request }) => {
        this.publish((await request.json()).version);
        return HttpResponse.json(this.only);
      }),
      http.delete(`${API}/classifiers/:name/published`, () => {
        this.publish(undefined);
        return new HttpResponse(null, { status: 204 });
      }),
    ];
  }

  private publish(number: number | undefined): void {
    this.calls.push(`publish ${number ?? "none"}`);
    this.versions = this.versions.map((version) => ({ ...version, published: version.number === number }));
    this.only.published = this.versions.find(({ published }) => published) ?? null;
    this.only.newest = this.versions.at(-1) ?? null;
  }
}
