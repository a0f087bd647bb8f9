// The editor of scripts and the comparison of two versions, on CodeMirror 6.
//
// Each lives in a shadow root: there CodeMirror keeps its styles in a constructed style sheet, which
// a Content-Security-Policy without 'unsafe-inline' and without nonces allows. In the document
// itself it would write a <style> element, which that policy forbids.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { forceLinting, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";

import { toDiagnostics } from "./findings.js";
import { around, colours, theme } from "./theme.js";

const PAUSE_BEFORE_CHECK = 700;

/**
 * Show an editor in `host`, an element without a shadow root.
 *
 * `text` is what is in it at first, `label` its name and `hint` what is said of its keys. `changed(text)` is called
 * after each change, `check(text)` for findings (as the server's `scriptWarnings`) once somebody pauses, and
 * `checked(findings)` with what it answered. Returns `{text, replace, goTo, focus, checkNow, destroy}`.
 */
export function openEditor(host, { text, label, hint, readOnly = false, changed, check, checked }) {
  const root = openRoot(host);
  const note = addNote(root, hint);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...surface(),
        readOnly ? readOnlyKeys() : editingKeys(),
        EditorView.contentAttributes.of({ "aria-label": label, ...(note ? { "aria-describedby": note.id } : {}) }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed?.(update.state.doc.toString());
        }),
        check ? [lintGutter(), checker(check, checked)] : [],
      ],
    }),
  });
  if (note) root.append(note);
  return {
    text: () => view.state.doc.toString(),
    replace: (wanted) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } }),
    goTo: (line, column = 1) => goTo(view, line, column),
    focus: () => view.focus(),
    checkNow: () => forceLinting(view),
    destroy: () => view.destroy(),
  };
}

/**
 * Show in `host` what changed from one text to another: side by side, or in one column where it is `narrow`, with
 * what is far from any change folded away unless `whole`.
 */
export function openComparison(host, { before, after, beforeLabel, afterLabel, narrow = false, whole = false }) {
  const root = openRoot(host);
  const shown = (label) => [
    ...surface(),
    readOnlyKeys(),
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorView.editorAttributes.of({ class: "rc-compared" }),
  ];
  const folded = { gutter: true, ...(whole ? {} : { collapseUnchanged: { margin: 3, minSize: 6 } }) };
  if (narrow) {
    const unified = unifiedMergeView({ original: before, mergeControls: false, ...folded });
    const label = `${beforeLabel}, ${afterLabel}`;
    const view = new EditorView({ root, parent: root, doc: after, extensions: [...shown(label), unified] });
    return { destroy: () => view.destroy() };
  }
  const view = new MergeView({
    root,
    parent: root,
    a: { doc: before, extensions: shown(beforeLabel) },
    b: { doc: after, extensions: shown(afterLabel) },
    ...folded,
  });
  return { destroy: () => view.destroy() };
}

function surface() {
  return [
    lineNumbers(),
    foldGutter(),
    highlightSpecialChars(),
    drawSelection(),
    EditorView.lineWrapping,
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    javascript(),
    syntaxHighlighting(colours),
    theme,
  ];
}

function editingKeys() {
  return [
    history(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    indentOnInput(),
    closeBrackets(),
    autocompletion({ activateOnTyping: false }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
      // Escape lets the next Tab leave the editor: CodeMirror sees to that itself
      indentWithTab,
    ]),
  ];
}

function readOnlyKeys() {
  return [
    EditorState.readOnly.of(true),
    // who has only a keyboard scrolls in it: not every browser lets Tab reach what cannot be edited
    EditorView.contentAttributes.of({ "aria-readonly": "true", tabindex: "0" }),
    keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
  ];
}

function checker(check, checked) {
  return linter(
    async (view) => {
      const doc = view.state.doc;
      const findings = await check(doc.toString());
      if (view.state.doc === doc) checked?.(findings);
      return toDiagnostics(doc, findings);
    },
    { delay: PAUSE_BEFORE_CHECK },
  );
}

function goTo(view, line, column) {
  const doc = view.state.doc;
  const target = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const at = Math.min(target.from + Math.max(column, 1) - 1, target.to);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

function openRoot(host) {
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [around];
  return root;
}

function addNote(root, hint) {
  if (!hint) return null;
  const note = root.ownerDocument.createElement("p");
  note.id = "hint";
  note.className = "hint";
  note.textContent = hint;
  return note;
}
