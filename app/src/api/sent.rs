//! How answers are written into the page that the server sends, so that the browser need not ask again.

use leptos::server::codee::{Decoder, Encoder};
use serde::{Serialize, de::DeserializeOwned};
use wire::WireError;

use super::ApiError;

/// Frames in hexadecimal: no number is rounded, the page has no second format to read, and unlike base64 it compresses as
/// well as the bytes would.
pub struct Sent;

impl<T: Serialize> Encoder<T> for Sent {
    type Error = WireError;
    type Encoded = String;

    fn encode(answer: &T) -> Result<String, WireError> {
        Ok(twin::hex::write(&wire::encode(answer)))
    }
}

impl<T: DeserializeOwned> Decoder<T> for Sent {
    type Error = WireError;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, WireError> {
        wire::decode(&twin::hex::read(text).ok_or(WireError::Malformed)?)
    }
}

/// The same of HTML that stands in the page besides: as it is, it is told only once to whom compresses it.
pub struct SentHtml;

const HTML: char = '<';

impl Encoder<Result<String, ApiError>> for SentHtml {
    type Error = WireError;
    type Encoded = String;

    fn encode(answer: &Result<String, ApiError>) -> Result<String, WireError> {
        match answer {
            Ok(html) => Ok(format!("{HTML}{html}")),
            Err(error) => Sent::encode(error),
        }
    }
}

impl Decoder<Result<String, ApiError>> for SentHtml {
    type Error = WireError;
    type Encoded = str;

    fn decode(text: &str) -> Result<Result<String, ApiError>, WireError> {
        match text.strip_prefix(HTML) {
            Some(html) => Ok(Ok(html.to_owned())),
            None => Sent::decode(text).map(Err),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_back_as_they_were() {
        let answers = [Ok("<p>1</p>".to_owned()), Ok(String::new()), Err(ApiError::UnknownAsset("pump".into()))];
        for answer in answers {
            assert_eq!(SentHtml::decode(&SentHtml::encode(&answer).unwrap()).unwrap(), answer);
            let sent = Sent::encode(&answer).unwrap();
            assert_eq!(<Sent as Decoder<Result<String, ApiError>>>::decode(&sent).unwrap(), answer);
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in ["", "0", "zz", "ff00"] {
            assert!(SentHtml::decode(text).is_err(), "{text}");
        }
    }
}
