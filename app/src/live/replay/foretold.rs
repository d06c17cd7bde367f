//! What is said of failures at an instant of a replay, and what then came of it, in words.

use twin::{Span, Timestamp};

use super::scout::{Fate, Look, Scout, meetings};
use crate::{
    live::{asset::LiveAsset, outlook::Meeting},
    wording::{self, escaped},
};

/// Rows of what was said before.
const ROWS: usize = 5;
/// What fewer of a hundred members come to is not told.
const LIKELY: u32 = 10;

/// What may come and what came, as HTML; `end` is where the window ends, `instant` writes a time. Nothing where there is
/// nothing that could come.
pub fn html(
    scout: &Scout,
    asset: &LiveAsset,
    now: Timestamp,
    end: Timestamp,
    instant: impl Fn(Timestamp) -> String,
) -> String {
    let said = meetings(&asset.model, &asset.learned, asset.baseline(), now);
    let mut fates: Vec<Fate> = said.iter().map(|(fate, _)| *fate).collect();
    for fate in scout.fates() {
        if !fates.contains(&fate) {
            fates.push(fate);
        }
    }
    // What stops the asset comes before what warns.
    fates.sort_by_key(|fate| is_warning(asset, *fate));
    let mut html = String::new();
    for fate in &fates {
        let meeting = said.iter().find(|(own, _)| own == fate).map_or(Meeting::Never, |(_, meeting)| *meeting);
        let (mut next, mut newest, mut earlier) = (None, None, None);
        for came in scout.came(*fate) {
            if came > now {
                next = Some(came);
                break;
            }
            (newest, earlier) = (Some(came), newest);
        }
        // What still stands has come, and what nothing can foresee is not known before.
        let is_ahead = *fate != Fate::Told && !(newest.is_some() && meeting == Meeting::Now);
        let foreseen = if is_ahead { ahead(scout, asset, (now, end), meeting, next, &instant) } else { String::new() };
        let past = newest.map(|came| after(scout, asset, *fate, (earlier, came, now), &instant)).unwrap_or_default();
        let class = if is_warning(asset, *fate) { "warning" } else { "failure" };
        for words in [foreseen, past].iter().filter(|words| !words.is_empty()) {
            html += &format!("<div class=\"diagnosis__{class}\"><strong>{}</strong>{words}</div>", title(asset, *fate));
        }
    }
    if html.is_empty() && !said.is_empty() {
        html = format!(
            "<p class=\"diagnosis__calm\">No failure is foreseen within {}.</p>",
            wording::span(asset.model.horizon)
        );
    }
    html
}

/// What is foreseen, and beside it what then came.
fn ahead(
    scout: &Scout,
    asset: &LiveAsset,
    (now, end): (Timestamp, Timestamp),
    meeting: Meeting,
    came: Option<Timestamp>,
    instant: impl Fn(Timestamp) -> String,
) -> String {
    let horizon = asset.model.horizon;
    let said = wording::meeting(&meeting, horizon);
    let foreseen = match meeting {
        Meeting::In { .. } => format!(" foreseen {said}."),
        Meeting::Unlikely { .. } => format!(": {said}."),
        Meeting::Now => " is met.".to_string(),
        Meeting::Never => " is not foreseen at this instant.".to_string(),
    };
    let later = match (came, meeting) {
        // It is there; when it comes again is another story.
        (_, Meeting::Now) => return foreseen,
        (Some(came), _) => {
            let verdict = match meeting {
                Meeting::In { low, high, .. } => verdict(came - now, low, high),
                _ => "",
            };
            format!("It came at {}, {} after this instant{verdict}.", instant(came), wording::span(came - now))
        }
        (None, Meeting::In { .. }) if !scout.is_done() => "What came of it is being looked up\u{2026}".to_string(),
        (None, Meeting::In { high: Some(high), .. }) if now + high <= end => {
            "It did not come in this window.".to_string()
        }
        (None, Meeting::In { .. }) => "This window ends before that could be told.".to_string(),
        (None, Meeting::Unlikely { percent }) if percent >= LIKELY => return foreseen,
        (None, _) => return String::new(),
    };
    format!("{foreseen}<p class=\"diagnosis__later\">{later}</p>")
}

/// How it came, and since when it had been said; `earlier` is when it had come the time before.
fn after(
    scout: &Scout,
    asset: &LiveAsset,
    fate: Fate,
    (earlier, came, now): (Option<Timestamp>, Timestamp, Timestamp),
    instant: impl Fn(Timestamp) -> String,
) -> String {
    let begin = scout.begins_at;
    if came < begin {
        // What came long ago is no news of this window.
        let is_news = now - came <= asset.model.horizon;
        let words = || format!(" came at {}, before this window begins.", instant(came));
        return if is_news { words() } else { String::new() };
    }
    let looks = scout.looks_between(earlier.unwrap_or(begin), came);
    // As the time before still stood, nothing was said of this one.
    let tail = |looks: &[Look], is_such: fn(&Meeting) -> bool| {
        looks.len() - looks.iter().rev().take_while(|look| is_such(&look.meeting(fate))).count()
    };
    let stands = tail(looks, |meeting| *meeting == Meeting::Now);
    let said = &looks[tail(&looks[..stands], |meeting| matches!(meeting, Meeting::In { .. }))..];
    let before = |t: Timestamp| wording::span(came - t);
    let when = match said.first() {
        None => "not said before".to_string(),
        Some(first) if first.at <= begin => {
            format!("said {} before, as this window began, and ever since", before(first.at))
        }
        Some(first) => format!("said {} before, and ever since", before(first.at)),
    };
    let since = looks.last().and_then(|look| look.since);
    let found = since.map_or_else(String::new, |since| {
        format!(" Not as expected since {}, {} before.", instant(since), before(since))
    });
    format!(" came at {}: {when}.{found}{}", instant(came), table(fate, came, said))
}

/// What was said at instants ever closer to what came, beside how long it then took.
fn table(fate: Fate, came: Timestamp, said: &[Look]) -> String {
    let Some(first) = said.first() else { return String::new() };
    let lead = came - first.at;
    let mut places: Vec<usize> =
        (0..ROWS).map(|row| said.partition_point(|look| (came - look.at).0 > lead.0 >> row)).collect();
    places.dedup();
    let row = |look: &Look| {
        let Meeting::In { mid, low, high } = look.meeting(fate) else { return String::new() };
        let left = came - look.at;
        // In seconds that are not shown it may be anything.
        let off = match mid.0 - left.0 {
            micros if micros >= Span::SECOND.0 => format!("{} too late", wording::span(Span(micros))),
            micros if micros <= -Span::SECOND.0 => format!("{} too soon", wording::span(Span(-micros))),
            _ => "right".to_string(),
        };
        let high = high.map_or_else(|| " or more".to_string(), |high| format!(" to {}", wording::span(high)));
        format!(
            "<tr><th scope=\"row\">{}</th><td>in {}</td><td>{}{high}</td><td>{off}</td></tr>",
            wording::span(left),
            wording::span(mid),
            wording::span(low),
        )
    };
    let rows: String = places.into_iter().filter_map(|place| said.get(place)).map(row).collect();
    format!(
        "<details><summary>What was said against what came</summary><table><thead><tr><th scope=\"col\">Before</th>\
         <th scope=\"col\">Said</th><th scope=\"col\">90 %</th><th scope=\"col\">Off by</th></tr></thead>\
         <tbody>{rows}</tbody></table></details>"
    )
}

/// Whether what came after `left` had been said, as far as the words for these lengths tell them apart.
fn verdict(left: Span, low: Span, high: Option<Span>) -> &'static str {
    let differs = |said: Span| wording::span(left) != wording::span(said);
    if left < low && differs(low) {
        ", sooner than was said"
    } else if high.is_some_and(|high| left > high && differs(high)) {
        ", later than was said"
    } else {
        ", as was said"
    }
}

fn title(asset: &LiveAsset, fate: Fate) -> String {
    let model = &asset.model;
    let title = match fate {
        Fate::Failure(number) => model.failures.get(number).map(|failure| failure.title.as_str()),
        Fate::Life(number) => model.gauges.get(number).map(|gauge| gauge.title.as_str()),
        Fate::Told => None,
    };
    title.map_or_else(|| "The failure".to_string(), escaped)
}

fn is_warning(asset: &LiveAsset, fate: Fate) -> bool {
    let Fate::Failure(number) = fate else { return false };
    asset.model.failures.get(number).is_some_and(|failure| failure.severity != "stop")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_words_do_not_tell_apart_came_as_was_said() {
        let secs = |secs: i64| Span(secs * Span::SECOND.0);
        let of = |left| verdict(secs(left), secs(12 * 60 + 40), Some(secs(14 * 60)));
        assert_eq!([of(12 * 60 + 5), of(13 * 60), of(14 * 60 + 30)], [", as was said"; 3]);
        assert_eq!([of(11 * 60 + 59), of(15 * 60)], [", sooner than was said", ", later than was said"]);
    }
}
