'use strict';

var _createClass = (function () { function defineProperties(target, props) { for (var i = 0; i < props.length; i++) { var descriptor = props[i]; descriptor.enumerable = descriptor.enumerable || false; descriptor.configurable = true; if ('value' in descriptor) descriptor.writable = true; Object.defineProperty(target, descriptor.key, descriptor); } } return function (Constructor, protoProps) { if (protoProps) defineProperties(Constructor.prototype, protoProps); return Constructor; }; })();

function _classCallCheck(instance, Constructor) { if (!(instance instanceof Constructor)) { throw new TypeError('Cannot call a class as a function'); } }

var Script = (function () {
  function Script() {
    _classCallCheck(this, Script);
  }

  _createClass(Script, [{
    key: 'process_incoming_request',
    value: function process_incoming_request(_ref) {
      var request = _ref.request;
      var _request$content = request.content;
      var issue = _request$content.issue;
      var action = _request$content.action;

      var labels = (issue.labels || []).map(function (label) {
        return '`' + label.name + '`';
      });

      return {
        content: {
          text: '[#' + issue.number + '](' + issue.html_url + ') ' + action + ': ' + issue.title,
          attachments: [{
            author_name: issue.user.login,
            author_icon: issue.user.avatar_url,
            text: issue.body + (labels.length ? '\n' + labels.join(' ') : '')
          }]
        }
      };
    }
  }]);

  return Script;
})();
