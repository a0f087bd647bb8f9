// Prometheus' Alertmanager, adapted to our colours
class Script {
    process_incoming_request({
        request
    }) {
        console.log(request.content.receiver);

        var alertColor = "warning";
        if (request.content.status == "resolved") {
            alertColor = "good";
        } else if (request.content.status == "firing") {
            alertColor = "danger";
        }

        let finFields = [];
        for (i = 0; i < request.content.alerts.length; i++) {
            var endVal = request.content.alerts[i];
            var elem = {
                title: "alertname: " + endVal.labels.alertname,
                value: "*instance:* " + endVal.labels.host,
                short: false
            };

            finFields.push(elem);

            finFields.push({
                title: "description",
                value: endVal.annotations.description
            });
            if (endVal.endsAt.indexOf('0001') !== 0) {
                finFields.push({ title: "ended", value: endVal.endsAt });
            }
            since = moment(endVal.startsAt).utc().format('ddd D MMM, HH:mm [UTC]');
            finFields.push({ title: "since", value: since, short: true });
        }

        return {
            content: {
                username: "Prometheus Alert",
                attachments: [{
                    color: alertColor,
                    title_link: request.content.externalURL,
                    title: "Prometheus notification",
                    fields: finFields
                }]
            }
        };

        return {
            error: {
                success: false
            }
        };
    }
}
