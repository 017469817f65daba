//! Usual short forms of names: whoever types one may mean another of the same line.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Names that stand for each other, folded, a line each. A name may stand in several lines.
const LINES: &str = "
abdul abdullah abdulrahman
abigail abbie abby abi gail
adam ad
agnieszka aga
aidan aiden
alan allan allen al
albert al bert bertie
aleksandra alexandra ola
alexander alex alec alick sandy sasha xander zander al
alexandra alex alexa lexi sandra sandy sasha alix
alfred alf alfie fred
alice ali ally allie
alison allison ali ally allie
alistair alasdair alister al ally
amanda mandy amy
amelia amy millie melia
andrew andy drew andi
angela angie ange
ann anne anna annie hannah nan
anthony tony ant antony anton
arthur art artie
barbara barb babs barbie
barnaby barney
bartholomew bart
beatrice bea trixie beatrix
benjamin ben benji benny
bernard bernie
bethany beth
bradley brad
brenda bren
bridget bridie biddy brid
caitlin kate caitlyn kaitlin kaitlyn
cameron cam
carol carole caroline carolyn carrie caz
catherine cathy cath cate kate katie kathryn katherine katharine kathy kath kat kitty catriona cat katy
cecilia celia cissy
charles charlie chuck chas chaz
charlotte charlie lottie lotte char
christine chris chrissie tina christina kristina kristine christie
christopher chris topher kit kris
clive cliff
clifford cliff
daniel dan danny
danielle dani danni
david dave davey davy dai dafydd
deborah debbie deb debs debra
denise den
dennis denis den denny
derek derrick del
dominic dom dominick
donald don donnie
dorothy dot dottie dolly
douglas doug dougie
edmund ed eddie ned ted
edward ed eddie eddy ted teddy ned
edwin ed eddie
eileen aileen eily
eleanor ellie nell nellie elinor elle nora lena
elizabeth liz lizzie lizzy beth betty bess bessie eliza elsie elspeth libby lisa lilibet betsy elisabeth
emily em emmy millie
emma em emmy
eric rick ricky
ernest ernie
eugene gene
evelyn eve evie
fatima fatma fatimah
florence flo florrie flossie
frances fran frankie fanny francesca
francesca fran frankie chessie
francis frank frankie fran
frederick fred freddie freddy frederic
gabriel gabe
gabrielle gabby gaby
gareth gaz gary garth
gary gaz garry
geoffrey geoff jeff jeffrey
george georgie
georgina georgia george georgie gina
gerald gerry jerry ged gerard
gerard gerry jerry ged ger
gillian gill jill jilly
giovanni gianni john
gordon gord gordy
grace gracie
graham graeme grahame
gregory greg gregg
gwendolyn gwen gwenda
hannah anna
harold harry hal
harriet hattie harry
heather hev
helen nell nellie ellen lena helena elaine
henry harry hal hank
herbert herb bert bertie
howard howie
hubert bert hugh
hugh hughie hugo
humphrey humph
ian iain
ibrahim abraham ebrahim
imogen immy
irene rene
isaac ike zac
isabel izzy bella belle issy isabella isobel isabelle ishbel
jacob jake jack jakub kuba
jacqueline jackie jacqui jacky jaqueline
james jim jimmy jamie jem jimmie
jane janey jan jayne janie
janet jan jannette jeanette
janice jan janis
jasmine jas jaz yasmin
jason jay jase
jean jeanie jeannie
jeffrey jeff geoffrey geoff
jennifer jen jenny jenni jennie
jeremy jez jem jerry
jessica jess jessie
joan joanie
joanne jo joanna joann joey
john jack johnny jon johnnie jonny sean ian ivan jan juan
jonathan jon jonny johnny nathan jonathon john
joseph joe joey jo jos yusuf yousef jose
josephine jo josie jose
joshua josh
joyce joy
judith judy jude judi
julia jules julie
julian jules jools
katarzyna kasia kate
keith keef
kenneth ken kenny
kevin kev
kimberley kim kimmy kimberly
krzysztof chris kris
lancelot lance
laura laurie lori
laurence larry laurie lawrence loz
leonard len lenny leo
leslie les lesley
lewis louis lew lou
lillian lil lily lilian
louise lou lulu
lucy lou luce
luke lukasz luka
lydia liddy
lynn lynne lyn linda lin
madeleine maddie maddy madeline
magdalena magda
malcolm mal malc
malgorzata gosia margaret
margaret maggie meg megan peggy peg madge marge margie maggy greta rita daisy mags
maria marie mary mia mariya
marianne mary anne
marilyn mary lyn
mark marc marcus
martin marty martyn
mary molly polly may mae maria marie moll
matilda tilly tillie maud mattie
matthew matt mat matty mateusz
maureen mo maura
maurice mo morris
maxwell max
maximilian max
melanie mel
melissa mel missy lissa
michael mick mike mickey mikey micky michal mikhail miguel micheal
michelle shell shelley chelle
mildred millie
miriam mimi mim
mohammed mohamed muhammad muhammed mohammad mo md mohamad mohd
montague monty
muriel mo
nancy nan
natalie nat talia natalia natasha
natasha tasha nat
nathan nate nat nathaniel
nathaniel nathan nate nat
neil neal niall nigel
nicholas nick nicky nico nicolas nikolas nik
nicola nicky nikki nic nicki nicole
nigel nige
nora norah honor
oliver ollie olly oli
olivia liv livvy ollie
oscar ozzie
oswald ozzie oz
pamela pam pammy
patricia pat patsy patty trish tricia trisha paddy
patrick pat paddy rick padraig
paul pauly pablo pawel
paula pauline
penelope penny pen
peter pete piotr pedro
philip phil pip phillip
philippa pippa pip phil
phyllis phyl
piotr peter
priscilla cilla
rachel rach rachael rae
raymond ray
rebecca becky becca bex beck rebekah
reginald reg reggie
rhiannon rhi
richard rick dick ricky rich richie ricardo rickie
robert bob bobby rob robbie robin bert rab roberto
roberta bobbie robbie
roderick rod roddy
rodney rod
roger rog
ronald ron ronnie
rosalind ros roz
rosemary rose rosie ros
roxanne roxy
rupert rupe
russell russ
ruth ruthie
samantha sam sammy
samuel sam sammy
sandra sandy sandie alexandra
sarah sally sara sadie sal
sean shaun shawn john
sebastian seb
sharon shaz shaza
sheila shelagh
shirley shirl
sidney sid sydney syd
simon si
sophia sophie soph zofia sofia
stanley stan
stephanie steph stef steff stephie
stephen steve steven stevie ste stefan stephan
stuart stewart stu
susan sue suzie susie suzy suzanne sukie sukey susannah
suzanne sue suzie suzy
sylvia syl silvia
tamara tammy tam
terence terry tel terrance
teresa terry tess theresa tessa terri tracy
thaddeus tad
theodore ted teddy theo
thomas tom tommy thom tomas tomasz
timothy tim timmy
toby tobias
tracey tracy trace
valerie val
vanessa ness nessa
veronica ronnie vera roni
victor vic vik
victoria vicky vicki tori vikki vic vicki
vincent vince vinny vinnie
virginia ginny ginger
vivian viv vivien vivienne
walter wally walt wat
wendy wend
wilfred wilf fred
william bill billy will willy liam willie wills
winifred win winnie freda
yusuf yousef youssef yousuf joseph
yvonne evonne von
zachary zac zack zach
zoe zowie
";

/// The names that a folded name may stand for, without itself.
pub(crate) fn of(name: &str) -> impl Iterator<Item = &'static str> {
    static LINES_OF: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
        let mut lines_of: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for line in LINES.lines() {
            for name in line.split_whitespace() {
                lines_of.entry(name).or_default().push(line);
            }
        }
        lines_of
    });
    let lines = LINES_OF.get(name).map_or(&[] as &[&str], Vec::as_slice);
    let mut names: Vec<&'static str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
    names.retain(|other| *other != name);
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_lead_to_the_name_and_back() {
        for (typed, meant) in
            [("liz", "elizabeth"), ("bill", "william"), ("margaret", "peggy"), ("mo", "mohammed")]
        {
            assert!(of(typed).any(|name| name == meant), "{typed}");
        }
        assert_eq!(of("nobody").count(), 0);
        assert!(of("bob").all(|name| name != "bob"));
    }
}
