/** The window's title while it is on the page. */
export function PageTitle({ children }: { children: string }) {
  return <title>{`${children} · Valence`}</title>;
}
