//! Words, signs and classes for the codes of the model: what a person reads for `not_proven` or
//! `never_stated`. A sign stands beside every colour, so that nothing is said by colour alone.

use crate::messages::{self as m, Message};
use hegui_assess::rollup::{Grade, Verdict, WorkStatus};
use hegui_assess::view::{ClauseView, FindingView, LawView};
use hegui_catalog::model::{Aggregate, ClauseKind, Lang, Method, Strength, Text};
use hegui_logic::truth::{Outcome, Truth};

/// The stages in the order of the data's life; the first is for what holds at all of them.
pub const STAGES: [&str; 9] =
    ["general", "collect", "use", "store", "disclose", "provide", "transfer", "export", "terminate"];

/// Verdicts from the most to the least serious, as keys list them.
pub const VERDICTS: [Verdict; 8] = [
    Verdict::Gap,
    Verdict::NotProven,
    Verdict::ToBeJudged,
    Verdict::Unknown,
    Verdict::Met,
    Verdict::MetSampled,
    Verdict::NotApplicable,
    Verdict::NotAssessed,
];

/// A text in the language wanted, or in the other one where it was not written.
#[must_use]
pub fn say(text: &Text, lang: Lang) -> &str {
    let wanted = text.get(lang);
    let other = if lang == Lang::Zh { &text.en } else { &text.zh };
    if wanted.is_empty() { other } else { wanted }
}

/// Whether a text says nothing in either language.
#[must_use]
pub fn silent(text: &Text) -> bool {
    text.zh.is_empty() && text.en.is_empty()
}

/// A verdict in words.
#[must_use]
pub fn verdict(verdict: Verdict) -> Message {
    match verdict {
        Verdict::NotApplicable => m::NOT_APPLICABLE,
        Verdict::Met => m::MET,
        Verdict::MetSampled => m::MET_SAMPLED,
        Verdict::NotAssessed => m::NOT_ASSESSED,
        Verdict::Unknown => m::UNKNOWN,
        Verdict::ToBeJudged => m::TO_BE_JUDGED,
        Verdict::NotProven => m::NOT_PROVEN,
        Verdict::Gap => m::GAP,
    }
}

/// What people call a thing: its title, where the report has one, else its name.
#[must_use]
pub fn called<'a>(title: &'a Text, name: &'a str, lang: Lang) -> &'a str {
    if silent(title) { name } else { say(title, lang) }
}

/// The sign of a verdict, one column wide.
#[must_use]
pub fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "–",
        Verdict::Met => "✓",
        Verdict::MetSampled => "≈",
        Verdict::NotAssessed => "·",
        Verdict::Unknown => "?",
        Verdict::ToBeJudged => "!",
        Verdict::NotProven => "⊘",
        Verdict::Gap => "✗",
    }
}

/// The class of a verdict in style sheets and its colour on terminals.
#[must_use]
pub fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "na",
        Verdict::Met => "met",
        Verdict::MetSampled => "sampled",
        Verdict::NotAssessed => "unwritten",
        Verdict::Unknown => "unknown",
        Verdict::ToBeJudged => "judge",
        Verdict::NotProven => "unproven",
        Verdict::Gap => "gap",
    }
}

/// What a finding's outcome is as a verdict: a gap in what is only recommended is none here, see
/// [`is_observation`].
#[must_use]
pub fn as_verdict(outcome: Outcome, sampled: bool) -> Verdict {
    match outcome {
        Outcome::Met if sampled => Verdict::MetSampled,
        Outcome::Met => Verdict::Met,
        Outcome::Gap => Verdict::Gap,
        Outcome::NotApplicable => Verdict::NotApplicable,
        Outcome::Unknown => Verdict::Unknown,
    }
}

/// Whether a finding is a nonconformity: a gap in what binds.
#[must_use]
pub fn is_gap(finding: &FindingView) -> bool {
    finding.outcome == Outcome::Gap && finding.strength == Strength::Shall
}

/// Whether a finding is a recommendation that is not followed.
#[must_use]
pub fn is_observation(finding: &FindingView) -> bool {
    finding.outcome == Outcome::Gap && finding.strength != Strength::Shall
}

/// What a finding comes to, in words.
#[must_use]
pub fn finding(finding: &FindingView) -> Message {
    if is_observation(finding) {
        m::OBSERVATION
    } else {
        verdict(as_verdict(finding.outcome, finding.sample.is_some()))
    }
}

/// What is left to do, in words.
#[must_use]
pub fn status(status: WorkStatus) -> Message {
    match status {
        WorkStatus::Open => m::STATUS_OPEN,
        WorkStatus::AwaitingJudgement => m::STATUS_AWAITING,
        WorkStatus::Settled => m::STATUS_SETTLED,
        WorkStatus::NotWritten => m::STATUS_NOT_WRITTEN,
    }
}

/// A grade in words.
#[must_use]
pub fn grade(grade: Grade) -> Message {
    match grade {
        Grade::Minor => m::GRADE_MINOR,
        Grade::Major => m::GRADE_MAJOR,
    }
}

/// How strongly a requirement binds, in the standard's word.
#[must_use]
pub fn strength(strength: Strength) -> Message {
    match strength {
        Strength::Shall => m::SHALL,
        Strength::Should => m::SHOULD,
        Strength::May => m::MAY,
    }
}

/// How parts make a verdict, in words.
#[must_use]
pub fn aggregate(aggregate: Aggregate) -> Message {
    match aggregate {
        Aggregate::All => m::AGGREGATE_ALL,
        Aggregate::One => m::AGGREGATE_ONE,
        Aggregate::Holistic => m::AGGREGATE_HOLISTIC,
    }
}

/// What kind of clause it is, in words.
#[must_use]
pub fn clause_kind(kind: ClauseKind) -> Message {
    match kind {
        ClauseKind::Indicator => m::KIND_INDICATOR,
        ClauseKind::Characteristic => m::KIND_CHARACTERISTIC,
        ClauseKind::Exemption => m::KIND_EXEMPTION,
        ClauseKind::Extension => m::KIND_EXTENSION,
        ClauseKind::StageDimension => m::KIND_STAGE_DIMENSION,
        ClauseKind::Stage => m::KIND_STAGE,
        ClauseKind::Dimension => m::KIND_DIMENSION,
        ClauseKind::Test => m::KIND_TEST,
        ClauseKind::Article => m::KIND_ARTICLE,
    }
}

/// How something is found out, in words.
#[must_use]
pub fn method(method: Method) -> Message {
    match method {
        Method::Review => m::REVIEW,
        Method::Interview => m::INTERVIEW,
        Method::Verify => m::VERIFY,
        Method::Test => m::TEST,
        Method::Sample => m::SAMPLE,
    }
}

/// What a part of an expression came to, in words.
#[must_use]
pub fn truth(truth: Truth) -> Message {
    match truth {
        Truth::True => m::TRUE,
        Truth::False => m::FALSE,
        Truth::Unknown => m::TRUTH_UNKNOWN,
    }
}

/// The sign of a truth value.
#[must_use]
pub fn truth_sign(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    }
}

/// A code of the model in words; a code that is not known here is shown as it is.
#[must_use]
pub fn code(code: &str, lang: Lang) -> &str {
    CODES.iter().find(|(c, _)| *c == code).map_or(code, |(_, message)| message.get(lang))
}

/// Codes of stages, statuses, unknown facts, sources, answers and assumptions; those that would
/// clash carry a prefix, see [`source`], [`answer`] and [`assumption`].
const CODES: &[(&str, Message)] = &[
    ("general", m::GENERAL),
    ("collect", m::COLLECT),
    ("use", m::USE),
    ("store", m::STORE),
    ("disclose", m::DISCLOSE),
    ("provide", m::PROVIDE),
    ("transfer", m::TRANSFER),
    ("export", m::EXPORT),
    ("terminate", m::TERMINATE),
    ("in_force", m::IN_FORCE),
    ("superseded", m::SUPERSEDED),
    ("draft", m::DRAFT),
    ("voluntary", m::VOLUNTARY),
    ("never_stated", m::NEVER_STATED),
    ("not_yet", m::NOT_YET),
    ("ended", m::ENDED),
    ("stale", m::STALE),
    ("conflict", m::CONFLICT),
    ("deviations", m::DEVIATIONS),
    ("open", m::OPEN),
    ("adjust", m::WAY_ADJUST),
    ("disclose_gap", m::WAY_DISCLOSE),
    ("accept", m::WAY_ACCEPT),
    ("consult", m::WAY_CONSULT),
    ("compensate", m::WAY_COMPENSATE),
    ("stop", m::WAY_STOP),
    ("duty", m::ARTICLE_DUTY),
    ("procedure", m::ARTICLE_PROCEDURE),
    ("definition", m::ARTICLE_DEFINITION),
    ("no_duty", m::ARTICLE_NO_DUTY),
    ("lost", m::ARTICLE_LOST),
    ("kept", m::FATE_KEPT),
    ("changed", m::FATE_CHANGED),
    ("dropped", m::FATE_DROPPED),
];

/// How a gap in a clause may be dealt with, in one sentence; `None` where the clause does not say.
#[must_use]
pub fn ways(clause: &ClauseView, lang: Lang) -> Option<String> {
    if clause.ways.is_empty() {
        return None;
    }
    let words: Vec<&str> = clause.ways.iter().map(|w| way(w, lang)).collect();
    let mut text = m::WAYS.fill(lang, &[("ways", &words.join(m::LIST_COMMA.get(lang)))]);
    if clause.past_stays {
        text.push_str(if lang == Lang::En { " " } else { "" });
        text.push_str(m::PAST_STAYS.get(lang));
    }
    Some(text)
}

/// A way of dealing with a gap, in words.
#[must_use]
pub fn way(way: &str, lang: Lang) -> &str {
    // `disclose` is a stage too.
    code(if way == "disclose" { "disclose_gap" } else { way }, lang)
}

/// An article as people cite it; one that the report does not describe is shown as clauses cite it.
#[must_use]
pub fn cite(law: Option<&LawView>, cite: &str, lang: Lang) -> String {
    match law {
        Some(law) if lang == Lang::Zh => format!("《{}》第{}条", say(&law.title, lang), law.article),
        Some(law) => format!("{}, art. {}", say(&law.title, lang), law.article),
        None => cite.to_owned(),
    }
}

/// How grave a person rated the risk that stays, in words; what is none of the three is shown as it is.
#[must_use]
pub fn risk(risk: &str, lang: Lang) -> &str {
    match risk {
        "low" => m::RISK_LOW.get(lang),
        "medium" => m::RISK_MEDIUM.get(lang),
        "high" => m::RISK_HIGH.get(lang),
        other => other,
    }
}

/// Where a fact comes from, in words.
#[must_use]
pub fn source(source: &str, lang: Lang) -> &str {
    let message = match source {
        "statement" => m::SOURCE_STATEMENT,
        "interview" => m::SOURCE_INTERVIEW,
        "document" => m::SOURCE_DOCUMENT,
        "inspection" => m::SOURCE_INSPECTION,
        "ledger" => m::SOURCE_LEDGER,
        "sample" => m::SOURCE_SAMPLE,
        "judgement" => m::SOURCE_JUDGEMENT,
        "import" => m::SOURCE_IMPORT,
        "ruling" => m::SOURCE_RULING,
        other => return other,
    };
    message.get(lang)
}

/// What kind of answer a question wants, in words.
#[must_use]
pub fn answer(answer: &str, lang: Lang) -> &str {
    let message = match answer {
        "bool" => m::ANSWER_BOOL,
        "int" => m::ANSWER_INT,
        "decimal" => m::ANSWER_DECIMAL,
        "date" => m::ANSWER_DATE,
        "duration" => m::ANSWER_DURATION,
        "text" => m::ANSWER_TEXT,
        "enum" => m::ANSWER_ENUM,
        "set" => m::ANSWER_SET,
        "ref" => m::ANSWER_REF,
        "complete" => m::ANSWER_COMPLETE,
        "ruling" => m::ANSWER_RULING,
        other => return other,
    };
    message.get(lang)
}

/// The kinds of assumptions, in the order in which they are listed.
pub const ASSUMPTIONS: [(&str, Message); 4] = [
    ("complete", m::ASSUME_COMPLETE),
    ("judgement", m::ASSUME_JUDGEMENT),
    ("ruling", m::ASSUME_RULING),
    ("sample", m::ASSUME_SAMPLE),
];
