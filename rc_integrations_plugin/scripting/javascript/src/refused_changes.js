// Words for a change that an object does not take, in strict code: the engine says less, and less of it
// than the code at its place.
import { atPlace, functionAt, walk } from './script_source.js';

const READ_ONLY = /^'([^']*)' is read-only$/;
const OBJECT = '#<Object>';
const ARRAY = '[object Array]';

/** Returns the words for an engine's message that there are better ones for, or undefined. */
export function refusedChange(message, place) {
  const [, name] = READ_ONLY.exec(message) ?? [];
  if (name !== undefined) {
    const isMember = memberAt(place, message, ({ type, left, argument }) => CHANGES.has(type) && nameOf(left ?? argument) === name);
    // Babel says this of constants.
    return isMember ? `Cannot assign to read only property '${name}' of object '${ownerOf(name)}'` : `"${name}" is read-only`;
  }
  const find = FINDS[message];
  const found = find && memberAt(place, message, find.node);
  return found && find.words(found);
}

const CHANGES = new Set(['AssignmentExpression', 'UpdateExpression']);
const isChange = ({ type, left, argument }) => CHANGES.has(type) && nameOf(left ?? argument) !== undefined;

const FINDS = {
  'object is not extensible': {
    node: isChange,
    words: (name) => `Cannot add property ${name}, object is not extensible`,
  },
  'no setter for property': {
    node: isChange,
    words: (name) => `Cannot set property ${name} of ${OBJECT} which has only a getter`,
  },
  'could not delete property': {
    node: ({ type, operator, argument }) => type === 'UnaryExpression' && operator === 'delete' && nameOf(argument) !== undefined,
    words: (name) => `Cannot delete property '${name}' of ${ownerOf(name)}`,
  },
};

function ownerOf(name) {
  return /^(?:\d+|length)$/.test(name) ? ARRAY : OBJECT;
}

/** Returns the name of the first member from a place on that a test is true of. */
function memberAt(place, kind, test) {
  return atPlace(place, kind, (program, offset) => {
    let found;
    walk(functionAt(program, offset), (node) => {
      if (node.end <= offset || !test(node)) return false;
      found = nameOf(node.left ?? node.argument);
      return true;
    });
    return found;
  });
}

function nameOf({ type, property, computed }) {
  if (type !== 'MemberExpression') return undefined;
  if (!computed) return property.name;
  return property.type === 'Literal' ? String(property.value) : undefined;
}
