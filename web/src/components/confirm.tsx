import { Button } from "@mantine/core";
import { useEffect, useId, useRef } from "react";

import classes from "./confirm.module.css";
import shared from "./shared.module.css";

interface ConfirmProps {
  open: boolean;
  title: string;
  detail: string;
  /** The label of the button that confirms. */
  confirm: string;
  /** The label of the button that cancels. */
  cancel: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks for confirmation before something is lost. */
export function Confirm({ open, title, detail, confirm, cancel, onConfirm, onCancel }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      className={`${shared.card} ${shared.raised} ${classes.dialog}`}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-detail`}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={`${id}-title`} className={shared.title}>
        {title}
      </h2>
      <p id={`${id}-detail`}>{detail}</p>
      <div className={classes.buttons}>
        <Button onClick={onCancel}>{cancel}</Button>
        <Button variant="default" onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </dialog>
  );
}
