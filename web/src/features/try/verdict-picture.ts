/**
 * A picture of an answer: the verdict, its probability, and the text with its marked words. The browser draws it, so that the
 * text goes to nobody. In the size that social networks show.
 */
import type { Scored } from "../../api/generated";
import { segmentsOf, sideOf, type WordEffect } from "../../explanation/effects";
import { cut, isRightToLeft, laidOut, type Piece } from "./picture-layout";
import { verdictWords } from "./verdict-words";

export interface Pictured {
  text: string;
  scored: Scored;
  effects: readonly WordEffect[];
  model: string;
}

const [WIDTH, HEIGHT, MARGIN] = [1200, 630, 72];
const INNER = WIDTH - 2 * MARGIN;
const TEXT_HEIGHT = 340;
const LINE_HEIGHT = 1.6;
const SIZES = [60, 48, 38, 30, 24] as const;
const SERIF = '"Newsreader Variable", Georgia, serif';
const SANS = '"Instrument Sans Variable", system-ui, sans-serif';

/** Its PNG file. Raises an error if the browser can’t draw. */
export async function verdictPicture(pictured: Pictured): Promise<Blob> {
  await Promise.all([SERIF, SANS].map((font) => document.fonts.load(`40px ${font}`)));
  const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser can’t draw pictures.");
  draw(context, pictured);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The picture wasn’t made."))),
      "image/png",
    ),
  );
}

function draw(context: CanvasRenderingContext2D, { text, scored, effects, model }: Pictured): void {
  const colour = colours();
  context.fillStyle = colour("--paper");
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const { title, certainty } = verdictWords(scored);
  context.font = `600 54px ${SERIF}`;
  context.fillStyle = scored.sure ? colour(`--${sideOf(scored)}`) : colour("--ink");
  context.fillText(title, MARGIN, 116, INNER);
  const after = MARGIN + Math.min(context.measureText(title).width, INNER) + 18;
  context.font = `500 34px ${SANS}`;
  context.fillStyle = colour("--ink-soft");
  if (certainty !== "" && after < WIDTH - MARGIN)
    context.fillText(certainty, after, 116, WIDTH - MARGIN - after);
  context.font = `500 24px ${SANS}`;
  context.fillText(`${model} · Valence`, MARGIN, HEIGHT - 48, INNER);
  drawText(context, text, effects, colour);
}

function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  effects: readonly WordEffect[],
  colour: (name: string) => string,
): void {
  const measure = (piece: string) => context.measureText(piece).width;
  const segments = segmentsOf(text, effects);
  let pieces: Piece[] = [];
  let [size, lines]: [number, number] = [0, 0];
  for (size of SIZES) {
    context.font = `${size}px ${SERIF}`;
    lines = Math.floor(TEXT_HEIGHT / (size * LINE_HEIGHT));
    pieces = laidOut(segments, INNER, measure);
    if ((pieces.at(-1)?.line ?? 0) < lines) break;
  }
  const mirrored = isRightToLeft(text);
  for (const piece of cut(pieces, lines, INNER, measure)) {
    const x = MARGIN + (mirrored ? INNER - piece.x - piece.width : piece.x);
    const y = 190 + size + piece.line * size * LINE_HEIGHT;
    if (piece.effect && piece.effect.level > 0)
      drawMark(context, piece.effect, { x, y, width: piece.width, size }, colour);
    context.fillStyle = colour("--ink");
    context.fillText(piece.text, x, y);
  }
}

interface Place {
  x: number;
  y: number;
  width: number;
  size: number;
}

/** As on the page: straight for one side, wavy for the other, thicker if stronger. */
function drawMark(
  context: CanvasRenderingContext2D,
  { side, level }: WordEffect,
  { x, y, width, size }: Place,
  colour: (name: string) => string,
): void {
  if (level === 3) {
    context.fillStyle = colour(`--${side}-wash`);
    context.fillRect(x, y - size * 0.85, width, size * 1.15);
  }
  const below = y + size * 0.26;
  context.strokeStyle = colour(`--${side}-mark`);
  context.lineWidth = (size / 24) * (side === "left" ? 0.75 + level / 2 : level * 1.2);
  context.beginPath();
  context.moveTo(x, below);
  if (side === "right") context.lineTo(x + width, below);
  else {
    const wave = size / 4;
    for (let at = 0; at <= width; at += 1) {
      context.lineTo(x + at, below + Math.sin((at / wave) * 2 * Math.PI) * size * 0.05);
    }
  }
  context.stroke();
}

/** The page’s own colours, of its light or dark scheme. */
function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}
