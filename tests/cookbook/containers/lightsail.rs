//! A container on the internet in one resource.

use formwork::testing::{containing, json};

use crate::cookbook::containers::lightsail::lightsail;
use crate::support::{assert_outputs, template};

#[test]
fn one_nano_node_has_nginx_on_the_internet_on_port_80() {
    let template = template(lightsail);
    let deployment = json!({
        "Containers": [{ "Image": containing("nginx"), "Ports": [{ "Port": "80", "Protocol": "HTTP" }] }],
        "PublicEndpoint": { "ContainerName": "nginx", "ContainerPort": 80 },
    });
    let service = json!({ "Power": "nano", "Scale": 1, "ContainerServiceDeployment": deployment });
    template.has_resource("AWS::Lightsail::Container", service);
    template.resource_count("AWS::Lightsail::Container", 1);
    assert_outputs(&template, &["ServiceName", "Url"]);
}
