// What makes the management pages more than plain HTML. Each module looks for its own data attributes
// and is given a part of the page, so that it can also be used for parts that come later.

import { enhanceComboboxes } from "./combobox.js";
import { enhanceConfirmations } from "./confirm.js";
import { enhanceCopyButtons } from "./copy.js";
import { enhanceEditForms } from "./edit.js";
import { enhanceForms } from "./forms.js";
import { enhanceInstructions } from "./instructions.js";
import { enhanceLive, openNamed } from "./live.js";
import { enhanceMoments } from "./moments.js";
import { enhanceComparisons, enhanceScripts } from "./scripts.js";
import { enhanceTabs } from "./tabs.js";
import { enhanceTimes } from "./times.js";
import { enhanceTrying } from "./try.js";

/** Bring to life what is in a part of the page. */
export function enhance(part) {
  enhanceTimes(part);
  enhanceMoments(part);
  enhanceTabs(part);
  // before the forms are guarded: what is out of use is not sent
  enhanceEditForms(part);
  enhanceForms(part);
  enhanceComboboxes(part);
  enhanceConfirmations(part);
  // before the copy buttons, which ask it for the token
  enhanceInstructions(part);
  enhanceCopyButtons(part);
  enhanceScripts(part);
  enhanceComparisons(part);
  enhanceTrying(part);
  enhanceLive(part, enhance);
}

enhance(document);
openNamed();
