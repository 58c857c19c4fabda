/** A V of two strokes, one per label, above a dot. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path d="M5 5 L13.6 21.6" stroke="var(--left-mark)" strokeWidth="4.5" strokeLinecap="round" />
      <path d="M27 5 L18.4 21.6" stroke="var(--right-mark)" strokeWidth="4.5" strokeLinecap="round" />
      <circle cx="16" cy="27" r="3.2" fill="var(--ink)" />
    </svg>
  );
}
