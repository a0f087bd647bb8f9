// How the editor looks. Colours are the page's custom properties, which reach into the shadow root:
// so it follows light and dark with the page.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const MONOSPACE = 'ui-monospace, "SF Mono", "DejaVu Sans Mono", "Liberation Mono", monospace';

export const theme = EditorView.theme({
  "&": { color: "var(--rc-text)", backgroundColor: "var(--rc-field)", fontSize: "13.5px", maxHeight: "32rem" },
  "&.cm-focused": { outline: "2px solid var(--rc-accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: MONOSPACE, lineHeight: "1.55" },
  ".cm-content, .cm-gutter": { minHeight: "8rem" },
  ".cm-content": { caretColor: "var(--rc-text)", padding: "8px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--rc-text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--rc-selection)",
  },
  ".cm-content ::selection": { backgroundColor: "var(--rc-selection)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--rc-active-line)" },
  ".cm-gutters": { backgroundColor: "var(--rc-raised)", color: "var(--rc-soft)", borderRight: "1px solid var(--rc-line)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.4ch" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--rc-raised)", border: "1px solid var(--rc-line)", color: "var(--rc-soft)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--rc-selection)", outline: "1px solid var(--rc-bar)" },
  ".cm-selectionMatch": { backgroundColor: "var(--rc-active-line)" },
  ".cm-searchMatch": { backgroundColor: "var(--rc-mark)", outline: "1px solid var(--rc-bar)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--rc-selection)", outline: "2px solid var(--rc-accent)" },
  ".cm-panels": { backgroundColor: "var(--rc-raised)", color: "var(--rc-text)", fontFamily: "system-ui, sans-serif" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--rc-line)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--rc-line)" },
  ".cm-panel.cm-search": { padding: "8px 30px 8px 10px" },
  ".cm-panel.cm-search label, .cm-panel.cm-search input, .cm-panel.cm-search button": { fontSize: "13px" },
  ".cm-panel .cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--rc-field)",
    color: "var(--rc-text)",
    border: "1px solid var(--rc-bar)",
    borderRadius: "5px",
    padding: "3px 10px",
  },
  ".cm-panel .cm-textfield": {
    backgroundColor: "var(--rc-field)",
    color: "var(--rc-text)",
    border: "1px solid var(--rc-bar)",
    borderRadius: "5px",
    padding: "3px 8px",
  },
  ".cm-panel [name=close]": { color: "inherit", fontSize: "18px", right: "8px", top: "4px", minWidth: "24px", minHeight: "24px" },
  ".cm-tooltip": { backgroundColor: "var(--rc-raised)", color: "var(--rc-text)", border: "1px solid var(--rc-bar)", borderRadius: "6px" },
  ".cm-tooltip-lint": { maxWidth: "min(34rem, 90vw)", fontFamily: "system-ui, sans-serif", fontSize: "13.5px", overflow: "hidden" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--rc-accent)", color: "var(--rc-on-accent)" },
  ".cm-diagnostic": { padding: "6px 10px", marginLeft: "0" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--rc-danger)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--rc-warning)" },
  ".cm-diagnosticSource": { color: "var(--rc-soft)", fontSize: "12px", opacity: "1" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { backgroundColor: "var(--rc-selection)" },
  ".cm-panel.cm-panel-lint ul:focus [aria-selected]": { backgroundColor: "var(--rc-accent)", color: "var(--rc-on-accent)" },
  ".advice": { display: "block", color: "var(--rc-soft)", marginTop: "2px" },
  ".cm-changedLine": { backgroundColor: "var(--rc-added)" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--rc-removed)" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "var(--rc-removed-text)" },
  "&.cm-merge-b .cm-changedText, .cm-changedText": { background: "var(--rc-added-text)" },
  ".cm-collapsedLines": {
    background: "var(--rc-raised)",
    color: "var(--rc-soft)",
    fontFamily: "system-ui, sans-serif",
    fontSize: "13px",
  },
  // the usual sign is in few fonts
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯"' },
  "&.rc-compared .cm-content, &.rc-compared .cm-gutter": { minHeight: "0" },
});

/** For what is beside CodeMirror in the shadow root. */
export const around = new CSSStyleSheet();
around.replaceSync(`
  .hint { margin: 0; border-top: 1px solid var(--rc-line); padding: 4px 10px; background: var(--rc-raised);
    color: var(--rc-soft); font: 12.5px/1.4 system-ui, sans-serif; }
`);

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--rc-code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--rc-code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--rc-code-number)" },
  { tag: [tags.comment], color: "var(--rc-code-comment)", fontStyle: "italic" },
  { tag: [tags.definition(tags.variableName), tags.className, tags.function(tags.variableName)], color: "var(--rc-code-name)" },
  { tag: [tags.invalid], color: "var(--rc-danger)" },
]);
