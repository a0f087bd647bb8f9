"""What is measured: scripts as operators write them, and arguments of the size wanted."""

import json
from typing import Any

METHOD = "process_incoming_request"

NOTHING = """
class Script {
  process_incoming_request() {}
}
"""

MESSAGE = """
class Script {
  process_incoming_request({ request }) {
    const push = request.content;
    let files = 0;
    for (const commit of push.commits) files += commit.added.length + commit.modified.length;
    const latest = push.commits.slice(-5);
    return {
      content: {
        text: `${push.pusher.name} pushed ${push.commits.length} commits (${files} files)`,
        attachments: latest.map((commit) => ({
          title: commit.message,
          title_link: commit.url,
          author_name: commit.author.name,
        })),
      },
    };
  }
}
"""

ECHO = """
class Script {
  process_incoming_request({ request }) {
    return { content: request.content };
  }
}
"""

NEW = """
/* A script of the usual size; this line makes each one new: %(number)s */
const COLOURS = { opened: '#6cc644', closed: '#bd2c00', merged: '#6e5494' };

function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}\u2026` : text;
}

function quote(text) {
  return text.split('\\n').map((line) => `> ${line}`).join('\\n');
}

class Script {
  constructor() {
    this.seen = 0;
  }

  process_incoming_request({ request }) {
    this.seen += 1;
    const event = request.headers['x-github-event'];
    const data = request.content;
    switch (event) {
      case 'push': return this.push(data);
      case 'issues': return this.issue(data);
      case 'pull_request': return this.pullRequest(data);
      case 'ping': return { content: { text: `Ping: ${data.zen}` } };
      default: return { error: { success: false, message: `Unknown event ${event}` } };
    }
  }

  push(data) {
    const commits = data.commits.filter((commit) => !/^Merge /.test(commit.message));
    const lines = commits.slice(0, 10).map(
      (commit) => `[${commit.id.substring(0, 7)}](${commit.url}) ${shorten(commit.message, 80)}`,
    );
    return {
      content: {
        alias: data.pusher.name,
        text: `*${data.repository.full_name}* has ${commits.length} new commits`,
        attachments: [{ color: COLOURS.opened, text: lines.join('\\n') }],
      },
    };
  }

  issue({ action, issue, repository }) {
    return {
      content: {
        text: `Issue *#${issue.number}* of ${repository.full_name} was ${action}`,
        attachments: [{
          color: COLOURS[action] || '#cccccc',
          title: issue.title,
          title_link: issue.html_url,
          text: quote(shorten(issue.body || '', 500)),
        }],
      },
    };
  }

  pullRequest({ action, pull_request: pull, repository }) {
    const state = pull.merged ? 'merged' : action;
    const fields = [
      { title: 'From', value: pull.head.ref, short: true },
      { title: 'Into', value: pull.base.ref, short: true },
    ];
    return {
      content: {
        text: `Pull request *#${pull.number}* of ${repository.full_name} was ${state}`,
        attachments: [{ color: COLOURS[state], title: pull.title, fields }],
      },
    };
  }
}
"""


def new_script(number: int) -> str:
    """Return a script that no engine has met yet."""
    return NEW % {"number": number}


def push_of(kilobytes: int) -> dict[str, Any]:
    """Return the argument of an incoming script with a push event of about this size."""
    commits: list[dict[str, Any]] = []
    argument = {
        "request": {
            "method": "POST",
            "url": {"pathname": "/hooks/x/y", "query": {}, "search": ""},
            "headers": {"content-type": "application/json", "x-github-event": "push"},
            "content": {
                "ref": "refs/heads/main",
                "repository": {"id": 42, "full_name": "example/project", "private": False},
                "pusher": {"name": "Ann", "email": "ann@example.org"},
                "commits": commits,
            },
        },
        "user": None,
    }
    while not commits or len(json.dumps(argument)) < kilobytes * 1000:
        commits.append(_commit(len(commits)))
    return argument


def _commit(number: int) -> dict[str, Any]:
    return {
        "id": f"{number * 2654435761 % 2**64:016x}",
        "message": f"Mend the “{number}th” thing\n\nIt was broken since {number} days.",
        "timestamp": "2024-05-01T12:00:00+02:00",
        "url": f"https://example.org/example/project/commit/{number}",
        "author": {"name": "Zoë", "email": "zoe@example.org", "username": "zoe"},
        "distinct": True,
        "added": [f"src/part{number}/file.py"],
        "removed": [],
        "modified": ["README.md", f"docs/page{number % 7}.md"],
    }
