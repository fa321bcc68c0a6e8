//! Questions as they are put to people.

use crate::assessment::Assessment;
use crate::question::{Question, Seeker};
use crate::view::{QuestionView, ThingView};
use hegui_catalog::model::Text;
use hegui_logic::schema::{EnumId, FieldId, KindId, RelationId, Type};
use hegui_logic::universe::FactKey;
use std::collections::BTreeMap;

impl Assessment<'_> {
    /// All questions as they are put, the weightiest first.
    #[must_use]
    pub fn question_views(&self, seeker: &Seeker<'_>) -> Vec<QuestionView> {
        self.questions(seeker).iter().map(|question| self.question_view(question)).collect()
    }

    fn question_view(&self, question: &Question) -> QuestionView {
        let mut view = match &question.key {
            FactKey::Fact(kind, row, field) => self.fact_question(*kind, *row, *field),
            FactKey::Complete(kind, row, relation) => self.complete_question(*kind, *row, *relation),
            FactKey::Outcome(clause, kind, row) => self.ruling_question(clause, *kind, *row),
            FactKey::Calendar => calendar_question(),
        };
        view.fact = self.assessed.path(&question.key).trim_end_matches(" (complete)").to_owned();
        view.unknown = self.reason(&question.key).to_owned();
        if let Some(sample) = self.sample_in_doubt(&question.key) {
            let (found, size) = (sample.deviations, sample.size);
            let text = view.text;
            view.text = Text {
                zh: format!("{}（抽样 {size} 项，发现偏差 {found} 项：原来的回答对总体成立吗？）", text.zh),
                en: format!(
                    "{} (deviations found: {found} of {size}; is the value right for the population?)",
                    text.en
                ),
            };
        }
        if view.group_text == Text::default() {
            view.group_text = view.text.clone();
        }
        view.group = format!("{} {} {}", self.asked(&question.key), view.unknown, view.group_text.en);
        view.settles = question.settles;
        view.concerns = question.concerns;
        view.weight = question.weight;
        view.who_title = self.catalog.roles.get(&view.who).cloned().unwrap_or_default();
        view.findings = question
            .findings
            .iter()
            .filter_map(|(index, row)| {
                let requirement = self.catalog.requirements.get(*index)?;
                Some((requirement.id.clone(), self.thing(requirement.scope?, *row)))
            })
            .collect();
        view
    }

    /// What is asked, whatever it is asked of.
    fn asked(&self, key: &FactKey) -> String {
        let kind = |kind: KindId| self.catalog.schema.kind(kind);
        match key {
            FactKey::Fact(of, _, field) => format!("{}.{}", kind(*of).name, kind(*of).field(*field).name),
            FactKey::Complete(of, _, relation) => {
                format!("{}.{} (complete)", kind(*of).name, kind(*of).relation(*relation).name)
            }
            FactKey::Outcome(clause, of, _) => format!("met({clause}, {})", kind(*of).name),
            FactKey::Calendar => "calendar".to_owned(),
        }
    }

    fn fact_question(&self, kind: KindId, row: u32, field: FieldId) -> QuestionView {
        let definition = self.catalog.schema.kind(kind).field(field);
        let entry = self.catalog.fact(kind, field).cloned().unwrap_or_default();
        let (answer, choices) = match definition.ty {
            Type::Bool => ("bool", vec![]),
            Type::Int => ("int", vec![]),
            Type::Decimal => ("decimal", vec![]),
            Type::Date => ("date", vec![]),
            Type::Duration => ("duration", vec![]),
            Type::Text => ("text", vec![]),
            Type::Enum(values) => ("enum", self.choices(values)),
            Type::Set(values) => ("set", self.choices(values)),
            Type::Thing(_) => ("ref", vec![]),
        };
        QuestionView {
            thing: self.thing_view(kind, row),
            text: entry.question,
            who: entry.who,
            evidence: entry.evidence,
            answer: answer.to_owned(),
            choices,
            ..blank_question()
        }
    }

    fn choices(&self, values: EnumId) -> Vec<(String, Text)> {
        let words = self.catalog.values.get(values.0 as usize);
        self.catalog
            .schema
            .values(values)
            .iter()
            .enumerate()
            .map(|(place, code)| {
                (code.clone(), words.and_then(|w| w.get(place)).cloned().unwrap_or_default())
            })
            .collect()
    }

    fn complete_question(&self, kind: KindId, row: u32, relation: RelationId) -> QuestionView {
        let definition = self.catalog.schema.kind(kind).relation(relation);
        let (members, _) = self.assessed.universe.members(kind, row, relation);
        let title = self.kind_title(definition.to);
        let thing = self.thing_view(kind, row);
        let of = self.kind_title(kind);
        let named = |pick: fn(&Text) -> &str, by: &str| {
            let names =
                members.iter().take(6).map(|member| pick(&self.title(definition.to, *member)).to_owned());
            let more = if members.len() > 6 { "…" } else { "" };
            format!("{}{more}", names.collect::<Vec<_>>().join(by))
        };
        let (text, group_text) = if members.is_empty() {
            let text = Text {
                zh: format!("「{}」有没有{}？没有的，说明“无”；有的，请列出。", thing.title.zh, title.zh),
                en: format!(
                    "“{}”: is there any of this kind, “{}”? Say that there is none, or list them.",
                    thing.title.en, title.en
                ),
            };
            let group = Text {
                zh: format!("下列各{}有没有{}？没有的，说明“无”；有的，请列出。", of.zh, title.zh),
                en: format!(
                    "for each “{}” below: is there any of this kind, “{}”? Say that there is none, or list them.",
                    of.en, title.en
                ),
            };
            (text, group)
        } else {
            let text = Text {
                zh: format!(
                    "「{}」的{}是否已全部列出（{}）？",
                    thing.title.zh,
                    title.zh,
                    named(|t| &t.zh, "、")
                ),
                en: format!(
                    "“{}”: is this list complete? {}: {}",
                    thing.title.en,
                    title.en,
                    named(|t| &t.en, ", ")
                ),
            };
            let group = Text {
                zh: format!("下列各{}的{}是否已全部列出？", of.zh, title.zh),
                en: format!("for each “{}” below: is the list of “{}” complete?", of.en, title.en),
            };
            (text, group)
        };
        QuestionView {
            thing,
            text,
            group_text,
            who: self.who_lists(definition.to),
            answer: "complete".to_owned(),
            ..blank_question()
        }
    }

    /// Who can say which things of a kind there are: whoever answers most of its facts.
    pub(super) fn who_lists(&self, kind: KindId) -> String {
        let mut counts = BTreeMap::<&str, usize>::new();
        for fact in self.catalog.kinds.get(kind.0 as usize).into_iter().flat_map(|k| &k.facts) {
            if !fact.generated && !fact.judgement && !fact.who.is_empty() {
                *counts.entry(&fact.who).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(who, n)| (*n, std::cmp::Reverse(*who)));
        most.map_or_else(|| "privacy".to_owned(), |(who, _)| who.to_owned())
    }

    fn ruling_question(&self, clause: &str, kind: KindId, row: u32) -> QuestionView {
        let (thing, of) = (self.thing_view(kind, row), self.kind_title(kind));
        let title = self
            .catalog
            .clauses
            .iter()
            .find(|c| c.number == clause)
            .map(|c| c.title.clone())
            .unwrap_or_default();
        QuestionView {
            text: Text {
                zh: format!(
                    "综合各项特性，「{}」是否符合 {clause}（{}）？请作出评定并说明理由。",
                    thing.title.zh, title.zh
                ),
                en: format!(
                    "Weighing all its characteristics, does “{}” satisfy {clause} ({})? Give a ruling with reasons.",
                    thing.title.en, title.en
                ),
            },
            group_text: Text {
                zh: format!(
                    "综合各项特性，下列各{}是否符合 {clause}（{}）？请逐一评定并说明理由。",
                    of.zh, title.zh
                ),
                en: format!(
                    "Weighing all its characteristics, does each “{}” below satisfy {clause} ({})? Rule on each, with reasons.",
                    of.en, title.en
                ),
            },
            thing,
            who: "assessor".to_owned(),
            answer: "ruling".to_owned(),
            ..blank_question()
        }
    }
}

fn blank_question() -> QuestionView {
    QuestionView {
        fact: String::new(),
        thing: ThingView { path: String::new(), name: String::new(), title: Text::default() },
        text: Text::default(),
        group: String::new(),
        group_text: Text::default(),
        who: String::new(),
        who_title: Text::default(),
        evidence: Text::default(),
        answer: String::new(),
        choices: vec![],
        unknown: String::new(),
        settles: 0,
        concerns: 0,
        weight: 0.0,
        findings: vec![],
    }
}

fn calendar_question() -> QuestionView {
    QuestionView {
        text: Text {
            zh: "目录中的工作日历未覆盖所需年份：国务院办公厅公布该年节假日安排后补入。".to_owned(),
            en: "The catalog's working-day calendar does not reach that year; add it once the State Council has published it.".to_owned(),
        },
        who: "privacy".to_owned(),
        answer: "calendar".to_owned(),
        ..blank_question()
    }
}
