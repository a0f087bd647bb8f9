// Which names a script declares and assigns.
import { namesOf } from './early_use.js';

export function declare(pattern, work) {
  for (const name of namesOf(pattern)) work.declared.add(name);
}

export function assign(pattern, work) {
  for (const name of namesOf(pattern)) work.assigned.add(name);
}

/** Has a class without a name know the name of what it is assigned to. */
export function nameClass(node, place) {
  if (node?.type === 'ClassExpression' && !node.id && place.type === 'Identifier') node.givenName = place.name;
}
