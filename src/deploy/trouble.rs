//! What goes wrong between here and AWS, in words.

use std::error::Error;

use aws_sdk_cloudformation::config::http::HttpResponse;
use aws_sdk_cloudformation::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use crate::core::Problem;

/// What went wrong, and what to do next.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is wrong, in one sentence.
    pub what: String,
    /// What it is about, one line each; may be empty.
    pub details: Vec<String>,
    /// What to do next; may be empty.
    pub help: String,
    /// Whether it was refused before anything was changed.
    pub refused: bool,
    /// What is wrong in the definitions, with the lines that made it; where there is something, it says all.
    pub problems: Vec<Problem>,
}

impl Trouble {
    /// Something that stops a command before it changes anything.
    pub fn refused(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), details: Vec::new(), help: help.into(), refused: true, problems: Vec::new() }
    }

    /// Something that failed on the way.
    pub fn failed(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { refused: false, ..Self::refused(what, help) }
    }
}

/// What AWS answered, or that it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// AWS refused: its error code and message.
    Refused { code: String, message: String },
    /// No answer came, however often it was tried.
    NoAnswer(String),
    /// There are no credentials to sign with.
    NoCredentials(String),
}

/// Error codes that mean: not now, ask again.
const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "PriorRequestNotComplete",
];

/// Error codes that mean: these credentials are no good (any more).
const EXPIRED: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "TokenRefreshRequired",
];

impl<E: ProvideErrorMetadata + Error + 'static> From<SdkError<E, HttpResponse>> for Fault {
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        if let SdkError::ServiceError(refused) = &error {
            let meta = refused.err().meta();
            let status = refused.raw().status().as_u16();
            return Self::Refused {
                code: meta.code().map_or_else(|| format!("HTTP {status}"), str::to_owned),
                message: meta.message().unwrap_or("no reason was given").trim().to_owned(),
            };
        }
        let chain = DisplayErrorContext(&error).to_string();
        let lower = chain.to_lowercase();
        // That one shows the whole request, in which any word may be.
        if lower.contains("failed to apply endpoint") {
            return Self::NoAnswer("the endpoint is no URL: it has no scheme, such as `https://`".to_owned());
        }
        if lower.contains("credential") || lower.contains("identity") || lower.contains("sso") {
            Self::NoCredentials(causes(&error))
        } else {
            Self::NoAnswer(causes(&error))
        }
    }
}

/// The causes of an error, from the outermost that says something to the innermost.
fn causes(error: &(dyn Error + 'static)) -> String {
    const SAYS_NOTHING: [&str; 4] = ["dispatch failure", "other", "io error", "failed to construct request"];
    let chain = std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string);
    let mut causes: Vec<String> = Vec::new();
    for cause in chain.filter(|cause| !SAYS_NOTHING.contains(&cause.as_str())) {
        // One that repeats the next says nothing of its own.
        if !causes.iter().any(|before| before.contains(&cause)) {
            causes.push(cause);
        }
    }
    causes.join(": ")
}

impl Fault {
    /// AWS's error code; empty where there was no answer.
    pub(super) fn code(&self) -> &str {
        if let Self::Refused { code, .. } = self { code } else { "" }
    }

    /// AWS's message, or why there is none.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Refused { message, .. } => message,
            Self::NoAnswer(why) | Self::NoCredentials(why) => why,
        }
    }

    /// Whether asking again later can help: nothing is known to be wrong.
    pub(super) fn passing(&self) -> bool {
        match self {
            Self::Refused { code, .. } => {
                THROTTLED.contains(&&**code)
                    || code.starts_with("HTTP 5")
                    || ["InternalFailure", "InternalError", "ServiceUnavailable"].contains(&&**code)
            }
            Self::NoAnswer(_) => true,
            Self::NoCredentials(_) => false,
        }
    }

    /// Whether the credentials are the matter.
    pub(super) fn credentials(&self) -> bool {
        match self {
            Self::Refused { code, .. } => EXPIRED.contains(&&**code),
            Self::NoAnswer(_) => false,
            Self::NoCredentials(_) => true,
        }
    }

    /// Whether the stack that was asked for does not exist. Other things that do not exist (a parameter of Systems Manager)
    /// have the same code: `Stack with id shop does not exist`, `Stack [shop] does not exist`.
    pub(super) fn no_such_stack(&self) -> bool {
        matches!(self, Self::Refused { code, message }
            if code == "ValidationError" && message.starts_with("Stack ") && message.contains("does not exist"))
    }

    /// In words: what was being done when it happened, what to do next.
    pub(super) fn trouble(&self, doing: &str) -> Trouble {
        match self {
            Self::Refused { code, message } => {
                Trouble::failed(format!("{doing}: {message} ({code})"), self.advice().to_owned())
            }
            Self::NoAnswer(why) => Trouble::failed(
                format!("{doing}: no answer from AWS: {why}"),
                match std::env::var("AWS_ENDPOINT_URL") {
                    Ok(url) => format!("AWS_ENDPOINT_URL is {url}: is anything listening there?"),
                    Err(_) => "is this machine online? run the same command again: it goes on where it was".to_owned(),
                },
            ),
            Self::NoCredentials(why) => Trouble::failed(format!("{doing}: no AWS credentials: {why}"), LOG_IN),
        }
    }

    fn advice(&self) -> &'static str {
        match self.code() {
            _ if self.credentials() => LOG_IN,
            _ if self.passing() => "AWS is busy: run the same command again, it goes on where it was",
            "AccessDenied" | "AccessDeniedException" => {
                "the caller lacks a permission: the message names it; `--role-arn` lets CloudFormation act as another role"
            }
            "InsufficientCapabilitiesException" | "InsufficientCapabilities" => {
                "CloudFormation wants a capability acknowledged that formwork does not know of: please report this"
            }
            "LimitExceededException" | "LimitExceeded" => {
                "a quota of the account is used up: delete something, or raise it"
            }
            "TokenAlreadyExistsException" => "run the same command again",
            _ => "",
        }
    }
}

const LOG_IN: &str = "log in again (`aws sso login`, or new keys in the environment) and run the same command: it goes on \
                      where it was";
