class Script {
  async process_incoming_request({ request }) {
    const { project, qualityGate, branch, analysedAt } = request.content;
    const failing = qualityGate.conditions.filter(({ status }) => status !== 'OK' && status !== 'NO_VALUE');
    const describe = async ({ metric, value, errorThreshold, operator }) => {
      const sign = operator === 'GREATER_THAN' ? '>' : '<';
      return `${metric.replace(/_/g, ' ')}: ${value} ${sign} ${errorThreshold}`;
    };
    const lines = await Promise.all(failing.map(describe));
    return { content: {
      text: `${project.name} (${branch.name}): ${qualityGate.status}`,
      attachments: [{ color: qualityGate.status === 'OK' ? 'green' : 'red', text: lines.join('\n') || 'all conditions met', ts: new Date(analysedAt).getTime() / 1000, title_link: project.url }]
    } };
  }
}
