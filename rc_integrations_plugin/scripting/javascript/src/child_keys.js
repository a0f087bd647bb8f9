// Where the nodes of a syntax tree hold other nodes. To ask a node for its keys costs more than the rest of
// a visit, so those of the usual kinds are known, in acorn's order.
const KNOWN = new Map(Object.entries({
  Identifier: [],
  Literal: [],
  ThisExpression: [],
  TemplateElement: [],
  EmptyStatement: [],
  MemberExpression: ['object', 'property'],
  CallExpression: ['callee', 'arguments'],
  ExpressionStatement: ['expression'],
  BlockStatement: ['body'],
  Property: ['key', 'value'],
  ObjectExpression: ['properties'],
  ObjectPattern: ['properties'],
  ArrayExpression: ['elements'],
  TemplateLiteral: ['expressions', 'quasis'],
  BinaryExpression: ['left', 'right'],
  LogicalExpression: ['left', 'right'],
  AssignmentExpression: ['left', 'right'],
  UnaryExpression: ['argument'],
  ReturnStatement: ['argument'],
  VariableDeclaration: ['declarations'],
  VariableDeclarator: ['id', 'init'],
  IfStatement: ['test', 'consequent', 'alternate'],
  ConditionalExpression: ['test', 'consequent', 'alternate'],
  ArrowFunctionExpression: ['id', 'params', 'body'],
  FunctionExpression: ['id', 'params', 'body'],
  FunctionDeclaration: ['id', 'params', 'body'],
}));

/** Returns the keys under which a node may have others, in the order of `Object.keys`. */
export function childKeys(node) {
  return KNOWN.get(node.type) ?? Object.keys(node);
}
