//! `hegui catalog stats`: what the catalog holds, and what it lacks of its sources.

use crate::cli::StatsFormat;
use hegui_catalog::completeness::{self, Gaps, Share, Totals};
use hegui_catalog::model::{Catalog, Instrument, Lang, Rests};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the catalog holds, as text or JSON.
pub fn stats(catalog: &Catalog, format: StatsFormat, lang: Lang) -> String {
    match format {
        StatsFormat::Json => as_json(catalog).to_string(),
        StatsFormat::Terminal => as_text(catalog, lang),
    }
}

/// The instruments that are assessed: those with requirements, or whose items are listed.
fn assessed(catalog: &Catalog) -> impl Iterator<Item = &Instrument> {
    catalog.instruments.values().filter(|i| {
        !i.items.leaves.is_empty()
            || !i.items.articles.is_empty()
            || catalog.requirements.iter().any(|r| r.instrument == i.id)
    })
}

/// The dictionary's own facts, by what they rest on.
fn facts(catalog: &Catalog) -> BTreeMap<Rests, usize> {
    let entries = catalog.kinds.iter().filter(|k| k.declares.is_none()).flat_map(|k| &k.facts);
    let mut count = BTreeMap::new();
    for fact in entries.filter(|f| !f.generated) {
        *count.entry(fact.rests).or_default() += 1;
    }
    count
}

fn as_text(catalog: &Catalog, lang: Lang) -> String {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut text = String::new();
    for instrument in assessed(catalog) {
        let _ = writeln!(text, "{} · {}", instrument.short, instrument.title.get(lang));
        let totals = completeness::totals(catalog, instrument);
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "  {name}: {value}");
        };
        line(word("条款", "clauses"), totals.clauses.to_string());
        let [shall, should, may] = totals.strengths;
        let sum = shall + should + may;
        line(
            word("要求", "requirements"),
            format!(
                "{sum} ({} {shall}, {} {should}, {} {may})",
                word("应", "shall"),
                word("宜", "should"),
                word("可", "may")
            ),
        );
        let stages: Vec<String> = totals.stages.iter().map(|(s, n)| format!("{s} {n}")).collect();
        line(word("按环节", "by stage"), stages.join(", "));
        for (name, share) in shares(&totals, lang) {
            if share.of > 0 {
                line(name, format!("{} / {}", share.there, share.of));
            }
        }
        line(word("推导的评估动作", "actions derived"), totals.derived_actions.to_string());
        line(word("示例", "cases"), totals.cases.to_string());
        if shall > 0 {
            let percent = |n: usize| n * 100 / shall;
            line(
                word("“应”要求由事实决定", "obligations decided by facts"),
                format!(
                    "{} ({}%); {} {} ({}%); {} {} ({}%)",
                    totals.decided,
                    percent(totals.decided),
                    word("部分", "partly"),
                    totals.partly,
                    percent(totals.partly),
                    word("仅凭陈述或判断", "on say-so or judgement alone"),
                    totals.word,
                    percent(totals.word)
                ),
            );
        }
        lacking(&completeness::gaps(catalog, instrument), lang, &mut text);
    }
    let count = facts(catalog);
    let kinds = catalog.kinds.iter().filter(|k| k.declares.is_none()).count();
    let parts: Vec<String> =
        count.iter().map(|(rests, n)| format!("{} {n}", rests_word(*rests, lang))).collect();
    let _ = writeln!(
        text,
        "{}: {} ({}); {} {kinds}; {} {}; {} {}",
        word("事实", "facts"),
        count.values().sum::<usize>(),
        parts.join(", "),
        word("对象种类", "kinds of things"),
        word("规范性文件", "instruments"),
        catalog.instruments.len(),
        word("对应关系", "mappings"),
        catalog.mappings.len(),
    );
    text
}

fn shares(totals: &Totals, lang: Lang) -> [(&'static str, Share); 8] {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    [
        (word("条目（叶）已覆盖", "leaves covered"), totals.leaves),
        (word("条目有示例因之翻转", "leaves on which a case turns"), totals.flipped),
        (word("评估要求", "assessor actions"), totals.actions),
        (word("指标", "indicators"), totals.indicators),
        (word("特性", "characteristics"), totals.characteristics),
        (word("扩展要求", "extensions"), totals.extensions),
        (word("无扩展要求的环节维度", "stage dimensions without extension"), totals.without_extension),
        (word("条（文）", "articles"), totals.articles),
    ]
}

fn lacking(gaps: &Gaps, lang: Lang, text: &mut String) {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let lists = [
        (word("未覆盖", "not covered"), &gaps.uncovered),
        (word("没有示例因之翻转", "no case turns on"), &gaps.unflipped),
        (word("来源中没有", "not in the source"), &gaps.foreign),
        (word("缺评估要求", "actions lacking"), &gaps.actions),
        (word("缺条款", "clauses lacking"), &gaps.clauses),
        (word("尚未编写", "not written yet"), &gaps.pending),
    ];
    for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        let _ = writeln!(text, "  {name} ({}): {}", list.len(), list.join(", "));
    }
}

fn rests_word(rests: Rests, lang: Lang) -> &'static str {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    match rests {
        Rests::Structure => word("结构", "structure"),
        Rests::Document => word("文件", "document"),
        Rests::Event => word("事件", "event"),
        Rests::Measured => word("测量", "measured"),
        Rests::Word => word("陈述", "say-so"),
        Rests::Judgement => word("判断", "judgement"),
    }
}

fn as_json(catalog: &Catalog) -> Value {
    let instruments = assessed(catalog).map(|instrument| {
        let totals = completeness::totals(catalog, instrument);
        let gaps = completeness::gaps(catalog, instrument);
        let share = |s: Share| json!({ "there": s.there, "of": s.of });
        let [shall, should, may] = totals.strengths;
        json!({
            "id": instrument.id,
            "clauses": totals.clauses,
            "requirements": { "shall": shall, "should": should, "may": may },
            "stages": totals.stages,
            "leaves": share(totals.leaves),
            "flipped": share(totals.flipped),
            "actions": share(totals.actions),
            "derived_actions": totals.derived_actions,
            "indicators": share(totals.indicators),
            "characteristics": share(totals.characteristics),
            "extensions": share(totals.extensions),
            "without_extension": share(totals.without_extension),
            "articles": share(totals.articles),
            "cases": totals.cases,
            "obligations": { "decided": totals.decided, "partly": totals.partly, "word": totals.word },
            "lacking": {
                "uncovered": gaps.uncovered,
                "unflipped": gaps.unflipped,
                "foreign": gaps.foreign,
                "actions": gaps.actions,
                "clauses": gaps.clauses,
                "pending": gaps.pending,
            },
        })
    });
    let facts: BTreeMap<&str, usize> =
        facts(catalog).into_iter().map(|(rests, n)| (rests_word(rests, Lang::En), n)).collect();
    json!({
        "instruments": instruments.collect::<Value>(),
        "facts": facts,
        "mappings": catalog.mappings.len(),
        "hash": catalog.hash,
    })
}
