//! Constructs: anything that can be added to a stack.

use std::borrow::Cow;
use std::panic::Location;

use super::{Json, Props, Ref, Stack, Value};

/// Something that can be added to a stack under an id: a resource (L1), or a group of constructs with good defaults
/// (L2). Other crates can implement it.
///
/// ```
/// use formwork::{Construct, Ref, Stack, cfn::sqs};
///
/// /// A queue, and another for what could not be handled.
/// pub struct Inbox;
///
/// impl Construct for Inbox {
///     type Out = Ref<sqs::Queue>;
///     fn build(self, stack: &mut Stack) -> Self::Out {
///         let dead = stack.add("DeadLetters", sqs::Queue::new());
///         let policy = formwork::json!({ "maxReceiveCount": 3 });
///         let inbox = stack.add("Resource", sqs::Queue::new().redrive_policy(policy));
///         stack.resource(inbox).depends_on(dead);
///         inbox
///     }
/// }
/// ```
pub trait Construct {
    /// What `Stack::add` returns: a small handle made of [`Ref`]s.
    type Out;

    /// Adds the construct's children to `stack`, below the id it was added under.
    fn build(self, stack: &mut Stack) -> Self::Out;

    /// Keeps the logical ids that it had under another path of the stack (`Old`, `Group/Old`): to CloudFormation it then is
    /// what it was, and neither it nor what is inside it is replaced. Default: logical ids come from where it is.
    ///
    /// Leave it in place for as long as the stack is deployed; the other way, the command `refactor`, gives what is deployed the
    /// new ids. Two constructs with one logical id are a problem at synth.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::{Construct as _, cfn::sqs};
    /// let orders = s.add("Orders", sqs::Queue::new().moved_from("Jobs"));
    /// assert_eq!(s.logical_id(orders), "Jobs");
    /// # });
    /// ```
    fn moved_from(self, path: impl Into<String>) -> Moved<Self>
    where
        Self: Sized,
    {
        Moved { construct: self, from: path.into() }
    }
}

/// A construct that keeps the logical ids it had under another path: see [`Construct::moved_from`].
#[derive(Clone, Debug)]
pub struct Moved<C> {
    construct: C,
    from: String,
}

impl<C: Construct> Construct for Moved<C> {
    type Out = C::Out;

    fn build(self, stack: &mut Stack) -> C::Out {
        stack.keep_ids_of(&self.from);
        self.construct.build(stack)
    }
}

/// A CloudFormation resource type: every L1 implements this.
pub trait Resource: Sized + 'static {
    /// The type's name, such as `AWS::EC2::VPC`.
    const TYPE: &'static str;

    /// What `Ref` returns for it.
    type Id;

    /// The type's name where it is only known at run time.
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::TYPE)
    }

    /// Takes the properties out.
    fn into_props(self) -> Props;

    /// Puts properties in.
    fn from_props(type_name: Cow<'static, str>, props: Props) -> Self;

    /// Sets a property by its CloudFormation name, for what the specification does not know yet. It is checked at
    /// synth like any other, and replaces what a setter set before.
    ///
    /// ```
    /// use formwork::{Resource as _, cfn::ec2};
    /// let vpc = ec2::Vpc::new().raw("CidrBlock", "10.0.0.0/16");
    /// ```
    #[must_use]
    #[track_caller]
    fn raw(self, name: impl Into<String>, value: impl Into<Value<Json>>) -> Self {
        let type_name = self.type_name();
        let mut props = self.into_props();
        props.set_at(name.into(), value.into().into_expr(), Location::caller());
        Self::from_props(type_name, props)
    }
}

impl<R: Resource> Construct for R {
    type Out = Ref<R>;

    fn build(self, stack: &mut Stack) -> Ref<R> {
        let type_name = self.type_name();
        Ref::new(stack.define_resource(type_name, self.into_props()))
    }
}

/// A resource of a type that has no L1: a custom resource, a private type of the registry, a type that is newer than
/// the specification.
///
/// ```
/// use formwork::{RawResource, Resource as _};
/// let monitor = RawResource::new("MyCompany::Monitoring::Monitor").raw("Interval", 60);
/// ```
#[derive(Clone, Debug)]
pub struct RawResource {
    type_name: Cow<'static, str>,
    props: Props,
}

impl RawResource {
    /// A resource of the type called `type_name`, without properties.
    #[must_use]
    pub fn new(type_name: impl Into<String>) -> Self {
        Self { type_name: Cow::Owned(type_name.into()), props: Props::new() }
    }
}

impl Resource for RawResource {
    const TYPE: &'static str = "";
    type Id = String;

    fn type_name(&self) -> Cow<'static, str> {
        self.type_name.clone()
    }

    fn into_props(self) -> Props {
        self.props
    }

    fn from_props(type_name: Cow<'static, str>, props: Props) -> Self {
        Self { type_name, props }
    }
}
