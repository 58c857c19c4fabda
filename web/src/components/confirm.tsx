import { Button } from "@mantine/core";
import { useEffect, useId, useRef } from "react";

import classes from "./confirm.module.css";
import shared from "./shared.module.css";

interface ConfirmProps {
  open: boolean;
  title: string;
  detail: string;
  /** What the button that goes ahead says. */
  confirm: string;
  /** What the button that changes nothing says. */
  cancel: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something is lost. Nothing happens unless the button that says so is pressed. */
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
