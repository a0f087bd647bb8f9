// What the server's checker found, as marks in the text.

const MOST_MARKS = 500;

/** Return CodeMirror's diagnostics for findings; one for each line that a finding is about. */
export function toDiagnostics(doc, findings) {
  const marks = findings.flatMap((finding) => marksOf(doc, finding));
  return marks.slice(0, MOST_MARKS).sort((one, other) => one.from - other.from);
}

function marksOf(doc, finding) {
  const others = (finding.lines ?? []).filter((line) => line !== finding.line);
  const places = [{ line: finding.line, column: finding.column }, ...others.map((line) => ({ line }))];
  return places.map((place) => ({
    ...range(doc, place),
    severity: finding.severity === "error" ? "error" : "warning",
    source: finding.code,
    message: finding.message,
    renderMessage: () => describe(finding),
  }));
}

/** From a place to the end of the word there; without a column, the line without its indentation. */
function range(doc, { line, column }) {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const indentation = found.text.length - found.text.trimStart().length;
  const start = column === undefined ? indentation : Math.min(Math.max(column - 1, 0), found.length);
  const rest = found.text.slice(start);
  const word = column === undefined ? rest : (/^[\w$]+|^\W/.exec(rest)?.[0] ?? rest);
  return { from: found.from + start, to: found.from + start + word.length };
}

function describe(finding) {
  const box = document.createElement("span");
  box.append(finding.message);
  if (finding.advice) {
    const advice = document.createElement("span");
    advice.className = "advice";
    advice.textContent = finding.advice;
    box.append(advice);
  }
  return box;
}
