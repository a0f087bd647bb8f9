export class Script {
  static ORDER = ['Critical', 'High', 'Medium', 'Low'];
  static HEAD = Script.ORDER.map((name) => name[0]).join('');
  template = _.template('<%= name %>: <%- worst %> <% _.each(counts, function (n, i) { if (n) { %>[<%= n %> <%= order[i] %>]<% } }) %>');

  process_incoming_request({ request }) {
    const { resources, repository } = request.content.event_data;
    const scans = resources.flatMap((resource) => Object.values(resource.scan_overview ?? {}));
    const lines = scans.map((scan) => this.template({
      name: repository.repo_full_name,
      worst: scan.severity,
      order: Script.ORDER,
      counts: Script.ORDER.map((level) => scan.summary?.summary?.[level] ?? 0)
    }).trim());
    return { content: { text: Script.HEAD + '\n' + lines.join('\n') } };
  }
}
