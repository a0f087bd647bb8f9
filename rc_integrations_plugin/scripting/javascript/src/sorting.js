// Array.prototype.sort in the order of steps that V8 takes. Scripts hand in comparators that keep no
// rules, such as `(a, b) => a > b` or `a < b ? -1 : 0`; what comes of them depends on the algorithm.
//
// As in V8's TimSort, the later item is the first argument and only "less than zero" is asked for.
const CHUNK = 32;
const { sort: sortWithoutComparator } = Array.prototype;

export function installSorting() {
  hide(Array.prototype, 'sort', function sort(compare) {
    if (compare === undefined) return sortWithoutComparator.call(this);
    check(compare);
    const target = Object(this);
    const length = Math.min(Math.max(Math.trunc(Number(target.length)) || 0, 0), Number.MAX_SAFE_INTEGER);
    const items = [];
    let undefinedItems = 0;
    for (let at = 0; at < length; at += 1) {
      if (!(at in target)) continue;
      if (target[at] === undefined) undefinedItems += 1;
      else items.push(target[at]);
    }
    const sorted = inOrder(items, compare);
    let at = 0;
    for (; at < sorted.length; at += 1) target[at] = sorted[at];
    for (; undefinedItems > 0; at += 1, undefinedItems -= 1) target[at] = undefined;
    for (; at < length; at += 1) if (at in target) delete target[at];
    return target;
  });
  hide(Array.prototype, 'toSorted', function toSorted(compare) {
    if (compare !== undefined) check(compare);
    return Array.from(this).sort(compare);
  });
}

function check(compare) {
  if (typeof compare !== 'function') {
    throw new TypeError('The comparison function must be either a function or undefined');
  }
}

function hide(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

function inOrder(items, compare) {
  const size = items.length;
  if (size < 2) return items;
  const run = firstRun(items, compare);
  if (run === size) return items;
  if (size < 2 * CHUNK) {
    insert(items, 0, run, size, compare);
    return items;
  }
  for (let start = 0; start < size; start += CHUNK) {
    insert(items, start, start + 1, Math.min(start + CHUNK, size), compare);
  }
  return merged(items, compare);
}

/** Returns how many items at the start are in order, having reversed them if they were in reverse. */
function firstRun(items, compare) {
  const descending = compare(items[1], items[0]) < 0;
  let end = 2;
  while (end < items.length && compare(items[end], items[end - 1]) < 0 === descending) end += 1;
  if (descending) {
    for (let low = 0, high = end - 1; low < high; low += 1, high -= 1) {
      [items[low], items[high]] = [items[high], items[low]];
    }
  }
  return end;
}

/** Sorts a range whose first items, up to `next`, are in order: by binary insertion. */
function insert(items, start, next, end, compare) {
  for (let at = next; at < end; at += 1) {
    const item = items[at];
    let low = start;
    let high = at;
    while (low < high) {
      const middle = low + ((high - low) >> 1);
      if (compare(item, items[middle]) < 0) high = middle;
      else low = middle + 1;
    }
    for (let to = at; to > low; to -= 1) items[to] = items[to - 1];
    items[low] = item;
  }
}

function merged(items, compare) {
  let from = items;
  for (let width = CHUNK; width < items.length; width *= 2) {
    const to = [];
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      let left = start;
      let right = middle;
      while (left < middle && right < end) {
        to.push(compare(from[right], from[left]) < 0 ? from[right++] : from[left++]);
      }
      while (left < middle) to.push(from[left++]);
      while (right < end) to.push(from[right++]);
    }
    from = to;
  }
  return from;
}
