//! What was measured of one signal over any stretch of time: a chart, a table, a file. The address holds all of it.

mod chart;
mod range;

use std::fmt::Write;

use app::{components::WordsPage, wording};
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use serde::Deserialize;
use services::{Services, StoreError, catalog::Asset, kpi::calendar::zoned};
use twin::{id::AssetId, model::Signal as Measured};
use wire::view::{HistoryView, Point};

use range::Range;

/// Columns of the chart; a file has every sample up to so many.
const WIDTH_PX: u32 = 1_200;
const FILE_PX: u32 = 100_000;
const ROWS: usize = 200;
const PASTS: [(&str, &str); 5] =
    [("1h", "last hour"), ("6h", "last 6 hours"), ("1d", "last day"), ("7d", "last 7 days"), ("30d", "last 30 days")];

#[derive(Debug, Default, Deserialize)]
pub struct Question {
    #[serde(default)]
    asset: String,
    #[serde(default)]
    signal: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    past: String,
    #[serde(default)]
    tz: String,
}

/// A question that can be answered.
struct Asked<'a> {
    asset: &'a Asset,
    number: u16,
    signal: &'a Measured,
    zone: TimeZone,
    zone_name: String,
    range: Range,
}

impl Question {
    fn read<'a>(&self, services: &'a Services) -> Option<Asked<'a>> {
        let asset = services.catalog.asset(&AssetId::parse(&self.asset).ok()?)?;
        let number = if self.signal.is_empty() { 0 } else { asset.model.signal(&self.signal)? };
        let named = [self.tz.as_str(), asset.zone.as_str(), "UTC"].into_iter().find(|name| !name.is_empty());
        let zone_name = named.unwrap_or("UTC").to_string();
        let (zone, remark) = range::zone(&zone_name);
        let clock = services.clocks.get(services.catalog.number(&self.asset)?);
        let mut range = range::read(&self.from, &self.to, &self.past, &zone, clock.now((services.clock)()));
        range.remarks.extend(remark);
        Some(Asked { asset, number, signal: asset.model.signals.get(usize::from(number))?, zone, zone_name, range })
    }
}

/// The page and its status.
pub async fn content(services: &Services, question: &Question) -> Result<(StatusCode, String), StoreError> {
    let Some(asked) = question.read(services) else {
        let status = if question.asset.is_empty() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        return Ok((status, choice(services)));
    };
    let Range { from, to, .. } = asked.range;
    let history = services.history(&asked.asset.id, asked.number, from, to, WIDTH_PX).await?;
    Ok((StatusCode::OK, page(question, &asked, &history)))
}

/// The same as a file of comma-separated values (RFC 4180).
pub async fn file(services: &Services, question: &Question) -> Result<Option<String>, StoreError> {
    let Some(asked) = question.read(services) else { return Ok(None) };
    let Range { from, to, .. } = asked.range;
    let history = services.history(&asked.asset.id, asked.number, from, to, FILE_PX).await?;
    let remark = if asked.asset.simulated { " (simulated)" } else { "" };
    let mut text = format!("time,{} in {}{remark}\r\n", asked.signal.name, asked.signal.unit);
    for Point { t, value } in &history.points {
        let at = zoned(&asked.zone, *t).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
        let _ = write!(text, "{at},{value}\r\n");
    }
    Ok(Some(text))
}

/// The asset's title; what a model made says so wherever it is shown.
fn named(asset: &Asset) -> String {
    if asset.simulated { format!("{} (simulated)", asset.title) } else { asset.title.clone() }
}

/// Every signal that has a history.
fn choice(services: &Services) -> String {
    let signal = |asset: &Asset, signal: &Measured| {
        let href = format!("/history?asset={}&signal={}", asset.id, signal.name);
        view! {
            <li>
                <a href=href>{signal.title.clone()}</a>
                <span class="words-page__kind">{wording::unit(&signal.unit)}</span>
                <span class="words-page__place">{named(asset)}</span>
            </li>
        }
    };
    let all = services.catalog.assets().iter();
    let list = all.flat_map(|asset| asset.model.signals.iter().map(move |own| signal(asset, own))).collect_view();
    view! {
        <WordsPage title="History">
            <p>"Of which signal?"</p>
            <ol class="words-page__found">{list}</ol>
        </WordsPage>
    }
    .to_html()
}

fn page(question: &Question, asked: &Asked, history: &HistoryView) -> String {
    let Asked { asset, signal, range, zone, zone_name, .. } = asked;
    let unit = wording::unit(&signal.unit);
    let of = if unit.is_empty() { signal.title.clone() } else { format!("{} in {unit}", signal.title) };
    let title = format!("{of}, {}", named(asset));
    let decimals = wording::decimals(signal.range);
    let clock = |t| zoned(zone, t).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
    let field = |t| zoned(zone, t).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let address = |path: &str, rest: &str| {
        format!("{path}?asset={}&signal={}&tz={}{rest}", asset.id, signal.name, zone_name.replace('+', "%2B"))
    };
    let exact = |t| zoned(&TimeZone::UTC, t).timestamp().to_string();
    let same = format!("&from={}&to={}", exact(range.from), exact(range.to));
    let shown = match history.total {
        0 => "Nothing was measured in this stretch of time.".to_string(),
        1 => "1 sample.".to_string(),
        n if n as usize > history.points.len() => {
            format!("{} samples; the chart shows first, last, lowest and highest of each column.", wording::count(n))
        }
        n => format!("{} samples.", wording::count(n)),
    };
    let summary = chart::summary(&history.points, decimals, &signal.unit);
    let drawn = chart::draw(&history.points, range, zone);
    let asked_past = if question.past.is_empty() { "1d" } else { question.past.as_str() };
    let pasts = PASTS.map(|(past, words)| {
        let is_here = (question.from.is_empty() && asked_past == past).then_some("true");
        view! {
            <li>
                <a class="button" href=address("/history", &format!("&past={past}")) aria-current=is_here>
                    {words}
                </a>
            </li>
        }
    });
    let row = |point: &Point| {
        view! {
            <tr>
                <th scope="row">{clock(point.t)}</th>
                <td class="words-page__number">{wording::quantity(point.value, decimals, &signal.unit)}</td>
            </tr>
        }
    };
    let rows = history.points.iter().rev().take(ROWS).map(row).collect_view();
    let remarks = range.remarks.iter().map(|remark| view! { <p class="notice">{remark.clone()}</p> }).collect_view();
    let stretch = format!("{} to {}", clock(range.from), clock(range.to));
    let (from, to) = (field(range.from), field(range.to));
    let (file, link) = (address("/history.csv", &same), address("/history", &same));
    let now = format!("/assets/{}?show={}", asset.id, signal.name);
    let (asset_id, name, column) = (asset.id.to_string(), signal.name.clone(), signal.title.clone());
    let (zone_name, pasts) = (zone_name.clone(), pasts.collect_view());
    view! {
        <WordsPage title=title>
            <nav aria-label="Stretch of time">
                <ul class="words-page__pasts">{pasts}</ul>
            </nav>
            <form class="words-page__range" action="/history">
                <input type="hidden" name="asset" value=asset_id />
                <input type="hidden" name="signal" value=name />
                <label>"From" <input type="datetime-local" step="1" name="from" value=from required /></label>
                <label>"To" <input type="datetime-local" step="1" name="to" value=to required /></label>
                <label>
                    "Time zone" <input type="text" name="tz" value=zone_name autocomplete="off" required />
                </label>
                <button class="button">"Show"</button>
            </form>
            {remarks}
            <figure class="words-page__chart">
                {drawn}
                <figcaption>{stretch} ". " {shown} " " {summary}</figcaption>
            </figure>
            <p class="words-page__ways">
                <a href=file download>
                    "As a file (CSV)"
                </a>
                <a href=link>"A link to just this stretch"</a>
                <a href=now>"The asset now"</a>
            </p>
            <details class="fold">
                <summary>"The newest as a table"</summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Measured at"</th>
                            <th scope="col" class="words-page__number">
                                {column}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </WordsPage>
    }
    .to_html()
}
