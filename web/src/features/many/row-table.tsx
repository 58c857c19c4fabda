import { VirtualTable } from "../../components/virtual-table";
import { count } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import { excerpt } from "../../lib/text";
import { RowScore } from "./row-score";
import type { Run } from "./session";

interface RowTableProps {
  run: Run;
  shown: readonly number[];
  ends: Sides | undefined;
  onOpen: (row: number) => void;
}

/** Every row with its score. */
export function RowTable({ run: { texts, scores, table, column }, shown, ends, onOpen }: RowTableProps) {
  return (
    <VirtualTable
      label="Scored rows"
      rows={shown}
      none="No rows match."
      onOpen={onOpen}
      columns={[
        { name: "Row", width: "4.5rem", phoneWidth: undefined, quiet: true, cell: (row) => count(row + 1) },
        {
          name: "Score",
          width: "13rem",
          phoneWidth: "6.5rem",
          cell: (row) => <RowScore scores={scores} row={row} ends={ends} />,
        },
        {
          name: table.columns[column] ?? "Text",
          width: "minmax(0, 1fr)",
          phoneWidth: "minmax(0, 1fr)",
          cell: (row) => excerpt(texts[row] ?? "") || <em>empty</em>,
        },
      ]}
    />
  );
}
