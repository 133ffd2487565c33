//! Applications: what deployment groups are gathered in.

use crate::cfn::codedeploy;
use crate::core::{Computed, Construct, Ref, Stack, StackRef, Value, intrinsics};

/// An application whose deployments are of services of ECS.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::codedeploy::EcsApplicationSpec;
///
/// s.add("Shop", EcsApplicationSpec { application_name: Some("shop".into()) });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct EcsApplicationSpec {
    /// Its name, up to 100 letters, digits and `._+=,@-`, unique in the account and region. A change replaces it. Default:
    /// CloudFormation makes one.
    pub application_name: Option<Value<String>>,
}

/// An application that was added.
#[derive(Clone, Copy, Debug)]
pub struct EcsApplication {
    /// The application itself.
    pub application: Ref<codedeploy::Application>,
}

impl Construct for EcsApplicationSpec {
    type Out = EcsApplication;

    fn build(self, stack: &mut Stack) -> EcsApplication {
        let mut application = codedeploy::Application::new();
        if let Some(name) = self.application_name {
            application = application.application_name(name.cast::<Computed>());
        }
        EcsApplication { application: stack.add("Resource", application.compute_platform("ECS")) }
    }
}

impl EcsApplication {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<codedeploy::ApplicationName> {
        self.application.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let arn = "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:application:${Name}";
        intrinsics::sub(arn, [("Name", self.name().into())]).into()
    }
}

impl From<&EcsApplication> for StackRef {
    fn from(application: &EcsApplication) -> Self {
        application.application.into()
    }
}

crate::aws::iam::has_arn! { EcsApplication, "an application"; }
