//! What plain text of YAML is. Source: yaml.org, "Language-Independent Types for YAML Version 1.1", less what
//! CloudFormation's user guide ("template formats") says it does not support: dates.

use serde_json::{Number, Value};

/// The value of plain text. Fails on numbers that JSON has not.
pub(super) fn resolved(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => return Ok(true.into()),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => return Ok(false.into()),
        ".nan" | ".NaN" | ".NAN" => return Err(no_number(text)),
        _ => {}
    }
    let (negative, digits) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Err(no_number(text));
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Ok(text.into());
    }
    let sign = |number: u64| signed(negative, number);
    Ok(whole(digits).map(sign).or_else(|| real(negative, digits)).unwrap_or_else(|| text.into()))
}

fn no_number(text: &str) -> String {
    format!("`{text}` is a number that JSON has not: quote it where it is text")
}

/// A whole number: decimal, in base 2, 8 or 16, or of 60ths (`22:30`). What does not fit stays text, which loses nothing.
fn whole(digits: &str) -> Option<u64> {
    let of = |digits: &str, radix| {
        let digits = digits.replace('_', "");
        // The sign is gone already; the parser would take a second one.
        if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(&digits, radix).ok() }
    };
    if let Some(binary) = digits.strip_prefix("0b") {
        return of(binary, 2);
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        return of(hex, 16);
    }
    match digits.strip_prefix('0') {
        Some("") => Some(0),
        Some(octal) => of(octal, 8),
        None if digits.contains(':') => sixtieths(digits),
        None if digits.starts_with(|c: char| c.is_ascii_digit()) => of(digits, 10),
        None => None,
    }
}

fn sixtieths(digits: &str) -> Option<u64> {
    let mut parts = digits.split(':');
    let first: u64 = parts.next()?.replace('_', "").parse().ok()?;
    parts.try_fold(first, |sum, part| {
        let digits = part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        let part: u64 = part.parse().ok().filter(|part| digits && *part < 60)?;
        sum.checked_mul(60)?.checked_add(part)
    })
}

fn signed(negative: bool, number: u64) -> Value {
    match i64::try_from(number) {
        Ok(number) if negative => (-number).into(),
        // Too large for a negative number of 64 bits: as text it is exact.
        Err(_) if negative => format!("-{number}").into(),
        _ => number.into(),
    }
}

fn real(negative: bool, digits: &str) -> Option<Value> {
    let fraction_or_exponent = digits.contains(['.', 'e', 'E']) && digits.contains(|c: char| c.is_ascii_digit());
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'e' | b'E' | b'+' | b'-'));
    if !fraction_or_exponent || !plain {
        return None;
    }
    let digits = digits.replace('_', "");
    // The reader of JSON rounds the last of 17 digits its own way: here too, so that both read the same.
    let number: f64 = serde_json::from_str(&digits).ok().or_else(|| digits.parse().ok())?;
    Number::from_f64(if negative { -number } else { number }).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::resolved;

    #[test]
    fn plain_text_is_what_yaml_1_1_says() {
        for (text, value) in [
            ("yes", json!(true)),
            ("Off", json!(false)),
            ("y", json!("y")),
            ("~", Value::Null),
            ("80", json!(80)),
            ("-5", json!(-5)),
            ("+5", json!(5)),
            ("+-5", json!("+-5")),
            ("1_000", json!(1000)),
            ("010", json!(8)),
            ("0", json!(0)),
            ("012345678901", json!("012345678901")),
            ("0x1F", json!(31)),
            ("0b11", json!(3)),
            ("22:30", json!(1350)),
            ("80:80", json!("80:80")),
            ("1:2:3:4:5:6:7:8:9:10:11:12", json!("1:2:3:4:5:6:7:8:9:10:11:12")),
            ("1.50", json!(1.5)),
            (".5", json!(0.5)),
            ("-1e3", json!(-1000.0)),
            (".", json!(".")),
            ("1.2.3", json!("1.2.3")),
            ("10.0.0.0/8", json!("10.0.0.0/8")),
            ("2012-10-17", json!("2012-10-17")),
            ("99999999999999999999999", json!("99999999999999999999999")),
            ("-9223372036854775809", json!("-9223372036854775809")),
        ] {
            assert_eq!(resolved(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn a_number_that_json_has_not_is_refused() {
        assert_eq!(resolved("-.inf"), Err("`-.inf` is a number that JSON has not: quote it where it is text".into()));
        assert!(resolved(".nan").is_err());
    }
}
