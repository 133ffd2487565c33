//! Images that are looked through for known weaknesses.

use formwork::testing::json;

use crate::cookbook::containers::ecr_scan::ecr_scan;
use crate::support::{assert_outputs, template};

#[test]
fn the_repository_scans_what_is_pushed_and_what_was_scanned_stays_what_it_is() {
    let template = template(ecr_scan);
    let scans = json!({ "ImageScanningConfiguration": { "ScanOnPush": true }, "ImageTagMutability": "IMMUTABLE" });
    template.has_resource("AWS::ECR::Repository", scans);
    template.resource_count("AWS::ECR::Repository", 1);
    assert_outputs(&template, &["RepositoryName", "RepositoryUri"]);
}
