use hegui_assess::{assessment::Assessment, scope::Object};
use hegui_logic::calendar::parse_date;
fn main(){
  let dir=std::env::args().nth(1).unwrap();
  let t=std::time::Instant::now();
  let c=hegui_law::catalog().unwrap(); eprintln!("catalog {:?} {} bytes", t.elapsed(), hegui_law::size_bytes());
  let t=std::time::Instant::now();
  let r=match hegui_register::Register::read_dir(dir.as_ref(), &c, &Default::default()) {Ok(r)=>r, Err(e)=>{println!("{e}"); return}}; eprintln!("register {:?}", t.elapsed());
  let d=parse_date("2026-06-30").unwrap();
  let t=std::time::Instant::now();
  let a=Assessment::new(&c,&r,Object{profile:"full".into(),products:vec![],activities:vec![],as_of:d,known_on:d,closing:false}).unwrap(); eprintln!("assess {:?}", t.elapsed());
  let t=std::time::Instant::now();
  let rep=a.report(); eprintln!("report {:?}", t.elapsed());
  println!("{:#?}", rep.summary);
  for d in &rep.dimensions { println!("{} {} {:?} {:?} {:?}", d.number,d.title.zh,d.standing.overall.verdict, d.standing.overall.tally, d.cells.iter().map(|c|(c.stage.clone(),c.standing.verdict)).collect::<Vec<_>>()); }
  for f in rep.findings.iter().filter(|f| f.outcome==hegui_logic::truth::Outcome::Gap) { println!("GAP {} {} {} | {}", f.requirement, f.thing, f.name, f.text.zh); }
  for q in rep.questions.iter().take(25) { println!("Q {:.1} s{} c{} {} [{}] {} ({})", q.weight,q.settles,q.concerns,q.fact,q.who,q.text.zh,q.unknown); }
  std::fs::write("/tmp/report.json", serde_json::to_string_pretty(&rep).unwrap()).unwrap();
}
