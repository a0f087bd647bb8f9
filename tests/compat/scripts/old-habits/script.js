var total = 0; add(5); function add(x) { total += x; }
function Script() { if (!(this instanceof Script)) return new Script(); this.calls = []; }
Script.prototype = { constructor: Script, process_incoming_request: function process(ctx) {
  var n = ctx.request.content.n, res = [];
  for (var i = 0; i < n; i++) { (function (j) { res.push(function () { return i + ':' + j; }); })(i); }
  var fs2 = []; for (let k = 0; k < n; k++) fs2.push(() => k);
  do { n--; if (n == 1) continue; res.push(() => n); } while (n > 0);
  a: { res.push(() => 'lab'); break a; res.push(() => 'never'); }
  if (typeof undeclared === 'undefined') undeclared = 'now'; foo = bar = 7;
  var x = x || 'dflt'; var undefined2; void 0; try { throw { code: 5 } } catch (e) { var e2 = e.code; } finally { x += 'F'; }
  var o = { get a() { return this._a || 'g'; }, set a(v) { this._a = v + '!'; }, 'b c': 1, 2: 3, ['comp' + n]: 4 }; o.a = 'z';
  var str = ''; for (var key in o) str += key + ','; var args = (function () { arguments[0] = 9; return [].slice.call(arguments).concat(arguments.length); })(1, 2);
  switch (true) { case n > 5: str += 'big'; break; case n < 5: str += 'small'; }
  var cond = n ? 1 : n === 0 ? 'zero' : 2; var comma = (1, 2, 3); var neg = -'5', plus = +[], not = !![], tilde = ~~'7.9', ty = typeof null;
  return { content: { text: res.map(function (f) { return f(); }).join(), fs2: fs2.map(f => f()), u: undeclared, fb: foo + bar, x, e2, a: o.a, str, args, cond, comma, ops: [neg, plus, not, tilde, ty], total, callee: (function () { return arguments.callee.length; })(), name: process.name, date: new Date(2020, 1, 30).toDateString(), inst: typeof this.calls } };
} };
