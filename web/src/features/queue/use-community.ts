import { useQuery } from "@tanstack/react-query";

import { classifierQuery, classifiersQuery } from "../../api/classifiers";
import type { Classifier, Session } from "../../api/generated";
import { modelsQuery } from "../../api/queries";
import { may } from "../../api/session";

export interface CommunityInfo {
  /** All that have a queue, as far as who is signed in may know. */
  names: string[];
  /** Undefined if it isn’t one that people teach, or the key may not see it. */
  classifier: Classifier | undefined;
  labels: readonly string[];
  severalLabels: boolean;
}

/** What is known of a community: `name` is the one whose queue is open, undefined while that isn't known. */
export function useCommunity(name: string | undefined, session: Session): CommunityInfo {
  const teaches = may(session, "classifiers");
  const models = useQuery(modelsQuery);
  const classifiers = useQuery({ ...classifiersQuery, enabled: teaches });
  const taught = classifiers.data?.classifiers.map((each) => each.name) ?? [];
  const isTaught = name !== undefined && taught.includes(name);
  const { data: classifier } = useQuery({ ...classifierQuery(name ?? ""), enabled: isTaught });
  const model = models.data?.models.find((each) => each.name === name);
  const known = isTaught ? classifier : undefined;
  return {
    names: [...new Set([...taught, ...(models.data?.models.map((each) => each.name) ?? [])])],
    classifier: known,
    labels: known?.labels ?? model?.labels ?? [],
    severalLabels: (known ?? model)?.multi_label ?? false,
  };
}
