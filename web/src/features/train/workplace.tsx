import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import { classifiersQuery } from "../../api/classifiers";
import type { Session } from "../../api/generated";
import { Notice } from "../../components/notice";
import { SlowNotice } from "../../components/slow-notice";
import { useFragmentState } from "../../lib/fragment-state";
import { ClassifierList } from "./classifier-list";
import { ClassifierView } from "./classifier-view";
import { NewClassifier } from "./new-classifier";
import { SignedIn } from "../../signed-in/signed-in";

/** The classifiers of who is signed in: all of them, or the one in the address. */
export function Workplace({ session }: { session: Session }) {
  const { values, push, replace } = useFragmentState();
  const classifiers = useQuery(classifiersQuery);
  const name = values["classifier"];
  const view = values["view"] ?? "teach";
  if (name !== undefined) {
    return (
      <ClassifierView
        key={name}
        name={name}
        view={view}
        onView={(chosen) => replace({ view: chosen === "teach" ? undefined : chosen })}
        onLeave={() => push({ classifier: undefined, view: undefined })}
      />
    );
  }
  const open = (chosen: string) => push({ classifier: chosen });
  return (
    <>
      <SignedIn session={session} />
      <SlowNotice waiting={classifiers.isPending} />
      {classifiers.failureReason ? (
        <Notice
          title={asApiError(classifiers.failureReason).title}
          detail={asApiError(classifiers.failureReason).detail}
        />
      ) : null}
      {classifiers.data ? (
        <>
          <ClassifierList classifiers={classifiers.data.classifiers} onOpen={open} />
          <NewClassifier taken={classifiers.data.classifiers.map((each) => each.name)} onCreated={open} />
        </>
      ) : null}
    </>
  );
}
