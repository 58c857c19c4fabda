import shared from "../../components/shared.module.css";
import type { Field } from "./document";
import classes from "./field-table.module.css";
import { Prose } from "./prose";

/** The fields of a request. */
export function FieldTable({ caption, fields }: { caption: string; fields: readonly Field[] }) {
  return (
    <div className={classes.scroll} role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption className={shared.unseen}>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, kind, required, meaning }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code> {required ? <span>required</span> : null}
              </th>
              <td>{kind}</td>
              <td>
                <Prose>{meaning}</Prose>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
