//! Names of many backgrounds, mixed by chance.

use super::dice::Dice;

/// Where somebody's name comes from; some answers lean on it, none follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Background {
    /// Given names, with commas.
    women: &'static str,
    men: &'static str,
    surnames: &'static str,
    /// Ethnic groups that people of such names often choose.
    pub(super) ethnicity: &'static [&'static str],
    /// Nationalities likewise.
    pub(super) nationality: &'static [&'static str],
    /// Religions likewise.
    pub(super) religion: &'static [&'static str],
    /// How many in a hundred were born abroad.
    pub(super) from_abroad: u32,
}

/// A name in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FullName {
    pub(super) first: String,
    pub(super) last: String,
}

/// A background, by how common each is in Northbridge.
pub(super) fn background(dice: &mut Dice) -> &'static Background {
    let at = dice.weighted(&[(58, 0_usize), (9, 1), (5, 2), (8, 3), (4, 4), (6, 5), (4, 6), (3, 7), (3, 8)]);
    BACKGROUNDS.get(at.unwrap_or(0)).unwrap_or(&NORTHERN)
}

/// A name of this background.
pub(super) fn full_name(dice: &mut Dice, background: &Background) -> FullName {
    let first = if dice.percent(50) { one_of(dice, background.women) } else { one_of(dice, background.men) };
    let last = if background.surnames == NORTHERN.surnames && dice.percent(55) {
        format!("{}{}", one_of(dice, PLACE_HEADS), one_of(dice, PLACE_ENDS))
    } else {
        one_of(dice, background.surnames).to_owned()
    };
    let second = if dice.percent(3) { one_of(dice, background.surnames) } else { "" };
    let last = if second.is_empty() || second == last { last } else { format!("{last}-{second}") };
    let middle = if dice.percent(12) { one_of(dice, MIDDLE) } else { "" };
    let first = if middle.is_empty() { first.to_owned() } else { format!("{first} {middle}") };
    FullName { first, last }
}

/// One name of a list with commas.
fn one_of(dice: &mut Dice, list: &'static str) -> &'static str {
    let last = list.matches(", ").count();
    let at = dice.between(0, u32::try_from(last).unwrap_or(0));
    list.split(", ").nth(at as usize).unwrap_or_default()
}

/// The short form that some like to be called.
pub(super) fn short_form(first: &str) -> Option<&'static str> {
    SHORT.iter().find(|(long, _)| *long == first).map(|(_, short)| *short)
}

static BACKGROUNDS: [Background; 9] = [
    NORTHERN,
    SOUTH_ASIAN,
    PUNJABI,
    EASTERN_EUROPE,
    WEST_AFRICAN,
    ARAB_KURDISH,
    HORN_OF_AFRICA,
    CHINESE,
    PORTUGUESE,
];

const NORTHERN: Background = Background {
    women: "Abigail, Alice, Amy, Angela, Beth, Bridget, Carol, Charlotte, Chloe, Claire, Deborah, Donna, Eileen, \
        Elaine, Elizabeth, Ellie, Emily, Emma, Fiona, Gemma, Georgia, Grace, Hannah, Helen, Holly, Jade, \
        Janet, Jennifer, Jessica, Joanne, Karen, Katherine, Kelly, Kirsty, Laura, Leanne, Linda, Lisa, \
        Louise, Lucy, Maeve, Margaret, Maureen, Megan, Michelle, Molly, Natalie, Niamh, Nicola, Olivia, \
        Pamela, Pauline, Rachel, Rebecca, Rosemary, Sarah, Sharon, Sinead, Siobhan, Sophie, Stacey, Susan, \
        Tracey, Victoria, Yvonne, Zoe",
    men: "Aaron, Adam, Alan, Alexander, Andrew, Anthony, Barry, Benjamin, Bradley, Brian, Callum, Cameron, \
        Charles, Christopher, Colin, Connor, Craig, Daniel, Darren, David, Dean, Declan, Dominic, Edward, \
        Ethan, Frank, Gareth, Gary, George, Graham, Harry, Ian, Jack, Jake, James, Jamie, Jason, John, \
        Jonathan, Jordan, Joseph, Joshua, Keith, Kevin, Kieran, Lee, Leon, Liam, Lewis, Luke, Mark, Martin, \
        Matthew, Michael, Nathan, Neil, Nicholas, Owen, Patrick, Paul, Peter, Philip, Raymond, Richard, \
        Robert, Ryan, Samuel, Scott, Sean, Shane, Stephen, Stuart, Terence, Thomas, Timothy, William",
    surnames: "Adair, Ashworth, Atherton, Bannister, Barlow, Bentley, Birch, Blythe, Bradshaw, Brennan, Burke, \
        Byrne, Calder, Cartwright, Clegg, Connolly, Cooper, Crosby, Cunliffe, Daly, Dawson, Delaney, Doyle, \
        Duffy, Eccles, Fairclough, Fallon, Farrell, Fletcher, Gallagher, Greenhalgh, Grimshaw, Hargreaves, \
        Haworth, Hesketh, Higgins, Holden, Horrocks, Hughes, Hunter, Jackson, Kavanagh, Keegan, Kershaw, \
        Lavin, Leyland, Lomax, Lunt, Lynch, Maddox, Mawdsley, McArdle, McBride, McDermott, Moran, Nolan, \
        Ogden, O'Hara, O'Neill, Parr, Pendlebury, Pilkington, Quinn, Rawcliffe, Rigby, Rimmer, Rowan, \
        Sefton, Shaw, Slater, Sumner, Sutcliffe, Tierney, Tolley, Tyrer, Unsworth, Wainwright, Walsh, \
        Whittle, Winstanley, Woods, Yates",
    ethnicity: &["W1", "W1", "W1", "W1", "W1", "W1", "W1", "W2", "M1", "B1", "M3", "W3"],
    nationality: &["GB", "GB", "GB", "IE"],
    religion: &["NONE", "NONE", "NONE", "CHR", "CHR"],
    from_abroad: 3,
};

const SOUTH_ASIAN: Background = Background {
    women: "Aisha, Amina, Anjali, Asma, Ayesha, Bushra, Farah, Fatima, Hafsa, Hina, Iqra, Khadija, Lubna, \
        Maryam, Meera, Nadia, Nasreen, Nisha, Parveen, Priya, Rabia, Rukhsana, Saima, Sadia, Samina, \
        Shabana, Shazia, Sunita, Tahira, Yasmin, Zainab, Zara",
    men: "Abdul, Adeel, Ahmed, Ali, Amir, Arif, Asif, Bilal, Faisal, Farhan, Hamza, Haroon, Hassan, Imran, \
        Irfan, Javed, Kamran, Khalid, Mohammed, Mohsin, Naveed, Omar, Rahul, Rashid, Rizwan, Saeed, Sajid, \
        Salman, Shahid, Tariq, Usman, Vikram, Waseem, Yusuf, Zahid",
    surnames: "Abbasi, Ahmad, Akhtar, Alam, Anwar, Aslam, Aziz, Bashir, Begum, Bhatti, Chaudhry, Desai, Farooq, \
        Ghani, Hussain, Iqbal, Ismail, Jamil, Khan, Khatun, Mahmood, Malik, Miah, Mirza, Mistry, Nawaz, \
        Patel, Qureshi, Rafiq, Rahman, Raza, Saleem, Shah, Siddiqui, Uddin, Zaman",
    ethnicity: &["A2", "A2", "A1", "A3", "A5"],
    nationality: &["GB", "PK", "BD", "IN"],
    religion: &["MUS", "MUS", "MUS", "HIN", "NONE"],
    from_abroad: 35,
};

const PUNJABI: Background = Background {
    women: "Amandeep, Amrit, Anita, Gurpreet, Harpreet, Harjit, Jasleen, Jasvinder, Kiran, Kulwinder, Manjit, \
        Manpreet, Navneet, Parminder, Rajinder, Ranjit, Reena, Simran, Sukhdeep, Sunita",
    men: "Amarjit, Arjun, Baldev, Balwinder, Davinder, Gurdeep, Hardeep, Harvinder, Inderjit, Jagdeep, Jaspal, \
        Karan, Kuldip, Mandeep, Mohinder, Paramjit, Rajan, Satnam, Surinder, Tejinder",
    surnames: "Atwal, Bains, Bansal, Basra, Bhogal, Chahal, Chana, Dhaliwal, Dhillon, Dosanjh, Gill, Grewal, Johal, \
        Kalsi, Kaur, Mann, Nijjar, Panesar, Purewal, Rai, Sahota, Sandhu, Sidhu, Sohal, Takhar, Uppal, Virdi",
    ethnicity: &["A1", "A1", "A1", "A5"],
    nationality: &["GB", "IN"],
    religion: &["SIK", "SIK", "HIN", "NONE"],
    from_abroad: 30,
};

const EASTERN_EUROPE: Background = Background {
    women: "Agnieszka, Alina, Anastasia, Andreea, Beata, Bogna, Cristina, Daria, Dorota, Elena, Ewa, Gabriela, \
        Halyna, Ioana, Iryna, Joanna, Kasia, Katarzyna, Larisa, Magdalena, Małgorzata, Mariana, Mihaela, \
        Monika, Natalia, Oksana, Olena, Rasa, Simona, Svitlana, Tetiana, Zofia",
    men: "Adrian, Andrei, Andriy, Bogdan, Cezary, Constantin, Dariusz, Dmytro, Florin, Grzegorz, Ivan, Jakub, \
        Jarosław, Krzysztof, Łukasz, Marcin, Marek, Mateusz, Mihai, Mindaugas, Mykola, Oleh, Paweł, Piotr, \
        Radu, Serhiy, Sorin, Stanisław, Taras, Tomasz, Vasile, Viktor, Wojciech",
    surnames: "Adamczyk, Albu, Baranowski, Bondar, Cojocaru, Dąbrowski, Dragomir, Dumitrescu, Gajewski, Havrylenko, \
        Ionescu, Jankauskas, Kaczmarek, Kovalenko, Kowalczyk, Kravets, Lazar, Lewandowska, Lysenko, \
        Majewski, Marchenko, Mazur, Mocanu, Moldovan, Nowicki, Ostrowski, Pavlenko, Popa, Rusu, Sadowski, \
        Shevchuk, Sikora, Stan, Tkachenko, Urbańska, Voicu, Wilk, Wróbel, Zawadzki",
    ethnicity: &["W5", "W5", "W5", "W4"],
    nationality: &["PL", "RO", "UA", "LT"],
    religion: &["CHR", "CHR", "NONE"],
    from_abroad: 92,
};

const WEST_AFRICAN: Background = Background {
    women: "Abena, Adaeze, Adwoa, Akosua, Ama, Blessing, Chiamaka, Chinwe, Comfort, Efua, Esther, Folake, \
        Funmilayo, Grace, Ifeoma, Ngozi, Patience, Temitope, Yaa, Yetunde",
    men: "Adebayo, Babatunde, Chidi, Chukwuemeka, Ebenezer, Emeka, Emmanuel, Femi, Ibrahim, Ikenna, Kofi, \
        Kwabena, Kwame, Kweku, Obinna, Olumide, Samuel, Segun, Tunde, Yaw",
    surnames: "Acheampong, Adeleke, Adeyemi, Afolabi, Agyeman, Amoah, Ansah, Asante, Balogun, Boateng, Chukwu, \
        Danso, Eze, Igwe, Lawal, Mensah, Nwosu, Obi, Ofori, Okafor, Okonkwo, Oladipo, Osei, Owusu, Quaye, \
        Sanni, Tetteh, Uche",
    ethnicity: &["B2", "B2", "B2", "B3", "M2"],
    nationality: &["GB", "NG", "GH"],
    religion: &["CHR", "CHR", "MUS"],
    from_abroad: 60,
};

const ARAB_KURDISH: Background = Background {
    women: "Alaa, Amal, Dalal, Dina, Hanan, Hiba, Huda, Leila, Lina, Mariam, Mona, Nawal, Parisa, Rana, Reem, \
        Roya, Rozhin, Salma, Samira, Shirin, Soraya, Zahra",
    men: "Ahmad, Alan, Amin, Aram, Azad, Bashar, Behrouz, Dara, Farid, Hadi, Hiwa, Jamal, Karim, Karwan, \
        Mahdi, Majid, Mustafa, Nabil, Rawand, Reza, Samir, Shwan, Tarek, Yousef",
    surnames: "Abdullah, Ahmadi, Al-Amin, Al-Hadi, Aziz, Barzani, Darwish, Farahani, Ghaffari, Haddad, Hamid, \
        Hassan, Jafari, Kader, Karimi, Khalil, Mahmoud, Mansour, Mohammadi, Mousavi, Najjar, Nazari, Omer, \
        Qadir, Rashidi, Rostami, Saleh, Shams, Taha, Yassin",
    ethnicity: &["O1", "O1", "O2", "A5"],
    nationality: &["GB", "SY", "IQ", "IR", "SD"],
    religion: &["MUS", "MUS", "MUS", "NONE", "CHR"],
    from_abroad: 85,
};

const HORN_OF_AFRICA: Background = Background {
    women: "Abeba, Almaz, Ayaan, Bilen, Eden, Faduma, Hamdi, Helen, Hodan, Ifrah, Ladan, Luwam, Rahel, Sagal, \
        Selam, Semhar, Tirhas, Winta, Zeinab",
    men: "Abdi, Abdirahman, Abel, Aman, Berhane, Dawit, Daud, Fikru, Filmon, Guled, Habtom, Ismail, Kidane, \
        Liban, Mehari, Nahom, Robel, Samson, Tesfay, Yared, Yonas",
    surnames: "Abdi, Abraha, Adan, Aden, Alemu, Bekele, Berhe, Farah, Gebre, Ghebremedhin, Girma, Haile, Hagos, \
        Hirsi, Jama, Kahsay, Kebede, Mebrahtu, Mohamud, Negash, Nur, Osman, Tekle, Tesfaye, Warsame, Woldu, \
        Yohannes, Yusuf",
    ethnicity: &["B2", "B2", "B3"],
    nationality: &["GB", "SO", "ER", "ET"],
    religion: &["MUS", "CHR", "CHR"],
    from_abroad: 85,
};

const CHINESE: Background = Background {
    women: "Bao, Chun, Fang, Grace, Hui, Jing, Kit-Ying, Ling, Mei, Na, Ping, Qing, Siu-Wai, Xia",
    men: "Bo, Chi-Ho, Chun-Kit, Feng, Hao, Jian, Jun, Ka-Ming, Lei, Ming, Peng, Tao, Wei, Yong",
    surnames: "Chan, Chen, Cheung, Fung, Guo, Ho, Huang, Kwok, Lam, Lau, Leung, Li, Lin, Ng, Tang, Tsang, Wang, \
        Wong, Wu, Xu, Yang, Yeung, Yip, Zhang, Zhao, Zhou",
    ethnicity: &["A4", "A4", "A4", "A5"],
    nationality: &["GB", "CN"],
    religion: &["NONE", "NONE", "BUD", "CHR"],
    from_abroad: 55,
};

const PORTUGUESE: Background = Background {
    women: "Ana, Beatriz, Carla, Catarina, Diana, Filipa, Inês, Joana, Lúcia, Marta, Rita, Teresa",
    men: "André, Bruno, Carlos, Diogo, Duarte, Fábio, Gonçalo, João, Luís, Miguel, Nuno, Rui",
    surnames: "Almeida, Antunes, Barbosa, Cardoso, Correia, da Costa, da Silva, Dias, dos Santos, Esteves, \
        Ferreira, Gonçalves, Lopes, Marques, Matos, Moreira, Pinto, Ribeiro, Teixeira, Vieira",
    ethnicity: &["W5", "W5", "M4", "B2"],
    nationality: &["PT", "BR", "GB"],
    religion: &["CHR", "NONE"],
    from_abroad: 85,
};

const PLACE_HEADS: &str = "Ack, Alder, Ash, Barns, Beck, Brad, Brant, Brock, Burn, Carr, Clay, Crag, Cross, Dal, Dun, Elm, \
    Fair, Fern, Gar, Hack, Hart, Hazel, Hol, Kel, Kirk, Lang, Lin, Marsh, Mill, Nether, Oak, Pen, Ridge, \
    Row, Sand, Stan, Thorn, Wad, West, Whit";
const PLACE_ENDS: &str =
    "bury, by, combe, croft, den, field, gate, ham, holme, ley, more, shaw, ton, wick, wood, worth";
const MIDDLE: &str = "Ann, Marie, James, Rose, Lee, Jane, Noor, Joseph, May, Ali, Louise, Jan, Kai, Dawn";
const SHORT: [(&str, &str); 26] = [
    ("Abigail", "Abby"),
    ("Alexander", "Alex"),
    ("Andrew", "Andy"),
    ("Anthony", "Tony"),
    ("Benjamin", "Ben"),
    ("Charlotte", "Lottie"),
    ("Christopher", "Chris"),
    ("Daniel", "Danny"),
    ("Deborah", "Debbie"),
    ("Edward", "Ted"),
    ("Elizabeth", "Liz"),
    ("Jennifer", "Jenny"),
    ("Jonathan", "Jon"),
    ("Joseph", "Joe"),
    ("Katherine", "Kath"),
    ("Krzysztof", "Chris"),
    ("Margaret", "Peggy"),
    ("Michael", "Mick"),
    ("Mohammed", "Mo"),
    ("Nicholas", "Nick"),
    ("Patrick", "Paddy"),
    ("Rebecca", "Becky"),
    ("Robert", "Rob"),
    ("Stephen", "Steve"),
    ("Thomas", "Tom"),
    ("William", "Bill"),
];
