"""Words that companies are called by and that mean something else as well: such a word alone names no customer.

In: nothing. Out: `EVERYDAY` (words and places), `PEOPLE` (first names and surnames), `ROLES` (what stands for a name in an address
book), `PAPERS` (what is asked for of a customer), and small words that stand beside names. All in lower case. Words of four letters
and less name no customer anyway.
"""

_TRADES = """
    academy accounting accounts advance advanced advantage advisory aerospace afternoon agency agricultural agriculture airline
    airlines airport airways alliance allied alpha alpine ambient america american anchor angel apartment apartments apollo applied
    april arcade architect architects arctic arena arrow artisan aspen asset assets associated associates association atlantic atlas
    atomic audio august aurora austral authority automotive avenue aviation azure bakery balance baltic bamboo banner baron barrier
    basic basin bavaria beach beacon bearing bearings beauty benchmark berry beverage bicycle birch black blackbird block bloom
    blossom board boats bolts bonus books borders boulder boutique brand brands brass brave bread breeze brewery brewing brick bricks
    bridge bridges bright brilliant broadway bronze brook brothers brown bubble build builder builders building buildings business
    butcher butler buyer cable cables camera campus canal canyon capital capitol carbon cardinal cargo carpet carrier castle catalyst
    catering cathedral cedar center central centre century ceramic certified chain challenge chamber champion chance channel chapel
    chapter charity charter chemical cherry chestnut children choice christian christmas chrome church cinema circle citizen civic
    classic clean clear clearwater climate clinic clinical cloud clover coast coastal cobalt coffee college colonial color colour
    comfort commerce commercial common commons communications community compass complete computer concept concord concrete conference
    connect construction consulting consumer contact continental contract contractor control cooper copper coral corner corporate
    cosmos costume cotton council county courier cover craft crafts crane cream create creative credit creek crescent cross crossroads
    crown cruise crystal culture custom customer cyber cycle daily dairy dance debit december delivery delta dental dentist desert
    design designs development diamond diesel digital direct discount discovery distribution diverse diwali doctor dolphin domain
    double dragon dream drive driver dynamic eagle early earth easter eastern eastside eclipse ecology economic economy editor
    education electric electrical electro electron electronic electronics element elements elite emerald emerging empire energy engine
    engineered engineering ensemble enterprise enterprises environment environmental epsilon equal equinox equipment escape essential
    estate estates eternal european evening event events everest evergreen evolution exact excel excellence excelsior exchange
    executive exhibit expert explorer export express extra fabric factor factory falcon family farmer farmers farms fashion fastener
    february federal federated field fields fifth fight finance financial finish first fisher fitness fixture flagship flame flash
    fleet flight floor flora floral florist flower flowers focus foods force forest forestry forge formula fortune forum forward
    foundation fountain fourth frame framework franchise freedom freight fresh friday friend friendly friends frontier frost fruit
    fruits fuels fundamental furniture fusion future galaxy gallery gamma garage garden gardens gateway gather general generation
    genesis genius gentle giant glacier glass global globe glory golden goods grace grain grand granite graphic graphics graphite
    grass gravity great green greenfield greenway greenwood grocery ground group grove growth guard guardian guest guide guild habitat
    hammer handle handy happy harbor harbour hardware harmony harvest haven hawthorn hazel health healthcare healthy heart hearth
    heater heating heaven heavy helix hello heritage hermes highland highlands highway hillcrest hills hillside hilltop historic
    holiday holistic holly homes honest honey horizon horizons horse hospital hospitality hotel hotels house houses housing human
    hunter hybrid hydro ideal image impact imperial import improve income independent index industrial industries industry infinite
    infinity information inland inner innovation innovative inspire institute instrument insurance integral integrated integrity
    interior international internet invest investment investments invoice invoices island islands ivory january jasmine jersey jewel
    joint journal journey jubilee junction junior jupiter justice kestrel keystone kindly kingdom kings kitchen knight knowledge label
    labor laboratories laboratory labour ladder lakes lakeside lakeview landmark lands landscape lantern large laser latin laundry
    laurel leader leading league learning leather legacy legal legend leisure lemon level liberty library light lighthouse lighting
    lights limit linear linen linked lions liquid little living local lodge logic logistics london lotus lower loyal lumber lunar
    luxury machine machinery machines magic magnet magnolia mainstream major manager manor maple marble march marina marine mariner
    maritime market marketing markets marvel master masters material materials matrix mature maximum meadow meadows measure mechanical
    media medical medicine medium memorial mercury meridian merit metal metals method metro metropolitan micro middle midland midtown
    midway midwest miller mills mineral minerals mining minor miracle mirror mission mobile model modern modular moment monarch monday
    monument morning motion motor motors mountain mountains moving multi municipal museum music mutual mystic narrow national native
    natural nature nautical naval navigator nebula neptune network networks neutral newport nexus noble nordic normal north northeast
    northern northgate northside northstar northwest novel november nuclear nursery nutrition oakland oasis ocean october office olive
    olympia olympic olympus omega online opera optic optical optima optimal optimum option options orange orbit orchard orchid order
    orders organic orient oriental origin original orion osprey outdoor output owner oxford pacific package packaging packet paint
    palace palladium panther paper paradise paragon parallel parcel parent parking parks partner partners parts passage passion patent
    pattern pavilion payable payment payments peace peach pearl pebble pelican penguin people perfect performance phase phoenix photo
    physical picture pillar pilot pinnacle pioneer pipeline pixel place planet planning plant plants plastic plastics plate platform
    platinum player plaza please plumbing pocket point polar police policy polymer poplar popular portal porter portfolio portland
    ports positive power powers practical practice prairie precise precision preferred premier premium press pressure prestige pride
    primary prime prince princess print printers printing prism private process procurement product production products professional
    professionals profile profit program progress progressive project projects promise property prosper protect protection provident
    public publishing pulse pumps purchase purchasing purple pyramid quality quantum quarry quarter quartz queen quest question quick
    quiet radar radiant radio railway rainbow ramadan ranch random range ranger rapid raven reach ready realty rebel receivable record
    records recovery recycling redwood reference refinery reflex reform regal regarding regency regent region regional register
    reliable reliance reminder remittance renaissance renewable rental rentals repair republic request research reserve residence
    resolve resort resource resources response restaurant result retail return revival revolution ridge right rising river rivers
    riverside roads robin robotics rocket rocky roman roofing roots rosewood round route royal rubber rural russian saddle safari
    safety saint salon sands sapphire satellite saturday saturn savings scale scarlet scenic school schools science scientific scope
    scout screen script search season second secure security select selected senior sense sentinel september sequoia series service
    services settlement seven shadow shape share sharp shelter sheriff shield shine shipment shipping shire shoes shore short sierra
    sigma signal signature silent silicon silver silverline simple simply single sister skill skyline small smart smooth social
    society solar solid solution solutions sonic source south southeast southern southgate southside southwest space spark special
    specialist specialty spectrum speed sphere spice spirit splendid sport sporting sports spring springfield springs sprint spruce
    square stable stadium staff stage standard stars state statement states station steady steel stellar sterling stock stone store
    stores storm strategic strategy stratus stream street strong structure structures studio studios style suburban success sugar
    suite summer summit sunday sunny sunrise sunset sunshine super superior supplier supplies supply support supreme surface surgical
    surplus sustainable swift symphony synergy system systems table tactical talent target tavern technical technique technologies
    technology temple terminal terra terrace textile textiles thank thanks thanksgiving theater theatre theory therapy thermal third
    thomas thunder thursday tiger timber titan titanium today together tools topaz total touch tower towers trade trader traders
    trading tradition traditional trail trailer training transfer transit transport travel treasure trees trend triangle trident
    trinity triple tropical truck trucks trust trusted tuesday tulip turbo turner turtle ultra under union unique unison united unity
    universal universe university upper urban urgent utility valley value valve valves vanguard vantage vector vehicle velocity vendor
    venture ventures venus verde verse vertex vertical victor victoria victory video village vineyard vintage violet virtual visible
    vision visual vital vivid voice volcano volume voyage voyager walker walnut warehouse water waters watson waves wealth weather
    wednesday welcome wellness western westgate westside wheel white whole wholesale wilderness willow windmill window windows winds
    wings winner winter wisdom women wonder woodland woods works workshop world worldwide xavier yacht yellow young youth zebra zenith
    zephyr zodiac
"""
_ABROAD = """
    acqua adler agence agencia agência albergo alimentari almacén anker apotheke armazém atelier ateliers azienda bageri bakker
    bakkerij banca banque bauer bella bergmann beste bestelling bestellung betaling bianchi bloem blume bodega bodegas bonjour bottega
    boulangerie bouwbedrijf brauerei brouwerij brücke budowa budownictwo buenas buenos buongiorno bygge byggeri bäckerei bücher
    cantina carta centro centrum château città ciudad clinique clínica comercial commande compañía comptoir comune construcciones
    construcción constructora construtora construções cordialement costa costruzioni credito dansk danske deutsche distribuidora dobry
    domaine druck druckerei drukarnia drukkerij dzień edelstahl edile edilizia eiche elektriska elektro elettrica elettronica empresa
    energi energie entreprenør erste escuela espace estrela estrella estudio europa fabbrica fabriek fabrik fabryka factura facturas
    facture facturen factures factuur fahrrad faktura fakturaen fakturor faktury farmacia farmácia fastigheter fattura fatture fatura
    faturas fenster ferme ferramenta ferretería fiets finca fiore firma fischer fjord fleischerei flores fonderia forêt france
    fratelli fuente fábrica garten gebrüder gelateria gesellschaft glück gracias grande grazie groep groeten groot groupe grupo
    gruppen gruppo hacienda handel handwerk heizung hermanos hierros hijos hilsen himmel hirsch hotell hälsningar hôtel iglesia
    imprenta impresa imprimerie industri industria industrias industrie indústria installatie instituto irmãos isola jardim jardin
    jardins jardín kaiser kamień kantoor kasteel keuken klinik koning konto kraft kreis krone kunst kunststoff könig küche laboratorio
    lager landhaus latte legno librairie libreria librería licht linde livraria lombardia lumière macchine machinefabriek madeiras
    madera maderas mahnung maison marché markt maschinen maschinenbau maskin meble meccanica meister mekaniska menuiserie mercado
    mercato merci metaal metall metalli metalúrgica metzgerei milano mittelstand mobili molen molino monde mondo montagna montagne
    monte moulin mundo möbel mühle müller nacional nieuwe noord norden nordisk nordiska norra norsk norske norte nouveau nouvelle
    nueva nuevo nuova nuovo obrigada obrigado océano officina officine oficina ordine oriente padaria paiement panadería panificio
    papelaria papelería papier pasticceria pastificio pedido pension pharmacie piekarnia pierre pietra plage playa polska polski ponte
    porta portugal poste pozdrawiam praxis prima primera puerta puerto płatność rechnung rechnungen reina relevé restaurante
    ristorante rivière romano saludos saluti sanitär schilder schloss schmidt schneider schule schwarz serviços sklep skola slager
    snickeri sociedad sociedade société soleil sonne spółka staal stadt stadtwerke stahl stein stella stern suministros svensk svenska
    södra taller talleres techniek tessile tienda timmerfabriek tipografia tisch tischlerei torre transporte transportes transports
    trasporti tryckeri usługi valle vandaag vennlig verein verkstad verlag verre viajes villa visser vänliga wasser weber weiss
    werkstatt werkzeug winkel zahlung zakład zakłady zentral zentrum zimmer zimmerei zonne école établissement établissements étoile
"""
_PLACES = """
    aberdeen adelaide africa alabama alaska albany alberta alsace amsterdam andalusia anglia antwerp argentina arizona arkansas arnhem
    athens atlanta auckland augsburg austin australia austria bahamas baltimore bangkok barcelona basel basildon beijing belfast
    belgium bergen berlin birmingham bologna bombay boston bradford brasil brazil bremen brighton brisbane bristol britain brittany
    brooklyn bruges brussels bucharest budapest buffalo bulgaria burgundy calgary california cambridge camden canada canberra cardiff
    carolina catania charleston charlotte chelsea chennai cheshire chester chicago chile china cincinnati cleveland cologne colombia
    colorado columbia columbus connecticut copenhagen cornwall coventry croatia cyprus czech dakota dallas delaware delhi denmark
    denver derby detroit devon dorset dortmund dresden dubai dublin dundee durham düsseldorf edinburgh edmonton egypt england essen
    essex estonia europe exeter finland florence florida frankfurt fresno galway geneva genoa georgia germany ghent glasgow gothenburg
    granada greece greenwich guangdong guangzhou hague hamburg hamilton hannover hanover havana hawaii helsinki helvetia holland
    hollywood houston hungary iceland idaho illinois india indiana indianapolis indonesia ireland israel istanbul italia italy jakarta
    japan johannesburg kansas karachi kentucky kenya kingston kolkata korea krakow kuala lagos lancashire lancaster latvia leeds
    leicester leipzig liege lille lincoln lisbon lithuania liverpool lombardy louisiana lucerne luxembourg madison madrid maine malaga
    malaysia malmö malta manchester manhattan manila maryland massachusetts melbourne memphis mexico miami michigan midlands milan
    milwaukee minneapolis minnesota mississippi missouri monaco montana montreal morocco moscow mumbai munich münchen nairobi naples
    nashville nebraska netherlands nevada newcastle nigeria norfolk normandy norway norwich nottingham nürnberg odessa oklahoma omaha
    ontario oregon orlando osaka ottawa pakistan palermo panama paris pasadena pennsylvania perth philadelphia philippines pittsburgh
    plymouth poland porto portsmouth prague preston princeton provence quebec queens queensland reading rhein rheinland rhine rhode
    richmond rochester romania rotterdam russia sacramento salisbury salzburg sandringham santiago saxony scandinavia scotland seattle
    seoul serbia sevilla seville shanghai sheffield shenzhen sicily singapore slovakia slovenia somerset southampton spain stamford
    stockholm strasbourg stuttgart suffolk surrey sussex sweden swiss switzerland sydney taiwan tallinn tampa tasmania tennessee texas
    thailand thames tokyo toledo toronto toulouse trieste tucson turin turkey tuscany ukraine ulster utrecht valencia vancouver
    venezia venice vermont verona vienna vietnam vilnius virginia wales warsaw warwick washington wellington westminster wichita
    wiltshire winchester windsor winnipeg wisconsin wolverhampton worcester wyoming yokohama yorkshire yukon zagreb zurich zürich
"""
_FIRST_NAMES = """
    aaron abigail adam adele adrian agnes ahmed aisha alan albert alberto alejandro aleksandra alessandro alex alexander alexandra
    alexis alfred ali alice alicia alison allan allen alma amanda amber amelia amir amy ana anders andrea andreas andrei andrew
    andrzej andrés angela angelo anika anita anja ann anna anne annette annika anthony anton antonia antonio antónio archie ariana
    arjun arnold arthur arturo ashley astrid audrey august barbara barry beatrice beatriz becky bella ben benjamin bernard bernd beth
    betty bill birgit björn bob boris brad brandon brenda brent brian bridget britta bruce bruno bryan camilla carina carl carla carlo
    carlos carmen carol carolina caroline caterina catherine cecilia chantal charles charlie charlotte chiara chloe chris christian
    christina christine christoph christopher claire clara claudia claudio clement colin connor craig cristina curtis cynthia daisy
    damian dana daniel daniela daniele danielle dario dave david dawn dean deborah denis denise dennis derek diana diane diego dieter
    dilip dirk dominic dominik donald donna doris dorothy doug douglas duncan dwight dylan eddie edgar edith edward eileen elaine
    eleanor elena eleonora elias elisa elisabeth elizabeth ella ellen elsa emil emilia emilie emily emma emmanuel eric erica erik
    erika erin ernest ernst esther ethan eugene eva evelyn fabian fabio fatima federico felix fernando filip fiona flavia florian
    frances francesca francesco francis francisco franck frank franz fred freddie frederic frederik fredrik friedrich gabriel gabriela
    gareth gary gavin gemma geoff george georges georgia gerald gerard gerhard gianni gilbert giles gina giorgio giovanna giovanni
    giulia giuseppe glenn gloria gordon grace graham grant greg gregory greta guido guillaume gunnar gustav hannah hans harald harold
    harriet harry heather hector heidi heike heinz helen helena helga helmut hendrik henri henrik henry herbert herman hilary hiroshi
    holger howard hubert hugh hugo ian ibrahim igor ilse imran ines inga inge ingrid irene irina iris isabel isabella isabelle ivan
    jack jackie jacob jacqueline jacques jake jakob jakub james jamie jan jana jane janet janine jared jasmine jason javier jean jeff
    jeffrey jelena jennifer jenny jens jeremy jerome jerry jesse jessica jesus jill jim joan joana joanna joanne joao joe joel johan
    johanna johannes john johnny jon jonas jonathan jordan jorge josef joseph josephine joshua josé joyce joão juan juanita judith
    judy julia julian juliana julie julien juliet julio justin justine jörg jürgen kai karen karin karl karla karsten kate katharina
    katherine kathleen kathryn kathy katie katrin kay keith kelly ken kenneth kerry kerstin kevin kim kirsten klaus kris kristen
    kristian kristin kristina kumar kurt kyle kylie lars laura lauren laurence laurent lea leah lee leila lena leo leon leonard
    leonardo leonie leslie lewis liam lidia liliana lily lin linda lindsay lionel lisa liz lloyd logan lorenzo lorna lorraine louis
    louisa louise luca lucas lucia lucy luis luisa luke lydia lynn maarten madeleine maggie magnus malcolm manfred manuel manuela marc
    marcel marcin marco marcos marcus marek margaret margarita maria mariana marianne marie mario marion marisa marjorie mark marko
    markus marlene marta martha martin martina marvin mary massimo mateo mathew mathias matilda matt matteo matthew matthias maureen
    maurice maurizio max maxim maxime maya megan melanie melissa micha michael michaela michal michel michele michelle miguel mihai
    mikael mike milan mildred milena miranda miriam mohamed mohammed moira molly monica monika morgan muhammad murray nadia nadine
    nancy naomi natalia natalie natasha nathan neil nelson nicholas nick nicola nicolas nicole nigel nikita nikolai nils nina noah
    noel nora norbert norman olaf oleg olga oliver olivia oscar otto owen pablo pamela paolo patricia patrick paul paula pauline paulo
    pavel pawel pedro peggy penelope penny per peter petra phil philip philipp philippe phillip phoebe pierre pietro piotr priya
    rachel rafael rainer raj rajesh ralf ralph ramon raquel raul ray raymond rebecca reinhard renata rené ricardo riccardo richard
    rick rita robert roberta roberto robin rodrigo roger roland rolf roman ronald rosa rosalind rose rosemary rosie ross roy ruben
    rudolf rupert russell ruth ryan sabine sabrina sally salvatore sam samantha samuel sandra sandy sanjay santiago sara sarah sascha
    scott sean sebastian sergei sergio shannon sharon sheila shirley sigrid silke silvia simon simona simone sofia solomon sonia sonja
    sophia sophie stacey stan stanley stefan stefania stefano stella stephan stephanie stephen steve steven stuart sue sunil susan
    susanna susanne suzanne sven sylvia sylvie tamara tania tanya tatiana taylor teresa terry tessa theo theodore theresa thierry
    thomas tiffany tim timothy tina tobias todd tom tomas tomasz tommy toni tony torsten tracey tracy trevor tristan ulrich ulrike
    ursula uwe valentina valeria valerie vanessa vera veronica veronika victor victoria viktor vincent vincenzo viola violet virginia
    vivian vladimir walter wanda warren wayne wendy werner wilhelm will willem william wolfgang xavier yann yasmin yuki yusuf yvonne
    zara zoe
"""
_SURNAMES = """
    adams ahmed alvarez andersen anderson andersson bailey baker barnes bauer becker bennett berger bergmann bernard bianchi black
    bonnet brooks brown bryant burke burns butler campbell carter castillo castro chambers chapman chavez clark clarke coleman collins
    colombo cooper costa davies davis delgado dubois duncan dupont durand edwards ellis esposito evans fernandes fernandez ferrari
    ferreira fischer fisher fletcher flores foster fournier fraser freeman fuchs garcia garnier gibson girard gomes gomez gonzales
    gonzalez gordon graham grant greco green griffin gruber gupta gutierrez hamilton hansen hansson hargreaves harper harris harrison
    hartmann harvey hayes henderson hernandez herrera hoffman hoffmann holland holmes howard huber hughes hunter ibrahim jackson
    jacobs james jansen janssen jenkins jensen jiménez johansen johansson johnson johnston jones jordan kaiser karlsson keller kelly
    kennedy klein kowalski krause krüger kumar lambert lange larsen larsson laurent lawrence lawson lefebvre lehmann leroy lewis
    lindqvist lopes lopez lorenzo mancini marino marques marshall martin martinez martinsen mason matthews mayer mccarthy mcdonald
    mendoza mercier meyer miller mills mitchell moore morales moreau moreno moretti morgan morris morrison murphy murray myers möller
    müller nakamura nelson neumann newman nguyen nielsen nilsen nilsson novak nowak oliveira olsen olsson ortiz owens palmer parker
    parsons patel patterson pearson pedersen pereira perez perkins perry persson petersen peterson petit pettersson phillips pierce
    porter powell price ramirez ramos reyes reynolds ricci richards richardson richter rivera roberts robertson robinson rodrigues
    rodriguez rogers romano rossi roussel russell russo sanchez sanders santos schmid schmidt schmitt schmitz schneider schulz schulze
    schwarz schäfer scott sharma silva simmons simon simpson singh smith soares spencer stevens stewart stone sullivan suzuki svensson
    tanaka taylor thomas thompson thomson torres tucker turner vargas vasquez wagner walker wallace walsh walter washington watson
    weber webster weiss wells werner white williams williamson willis wilson winter wolff woods wright young zielinski zimmermann
"""

_ROLES = """
    account accountant accountants accounting accounts accountspayable administracion administración administration amministrazione ap
    ar billing bills bookkeeping buchhaltung comptabilite comptabilité contabilidad contabilità controller controlling crediteuren
    crediteurenadministratie creditors department dept desk dział ekonomi ekonomiavdelningen faktura fakturamottak faktury finance
    financial help inquiry invoice invoices invoicing kreditoren kreditorenbuchhaltung księgowości ledger mailbox office payable
    payables payment payments procurement purchase purchasing rechnungen regnskap sales service services shared supplier suppliers
    support team treasury vendor
"""
_PAPERS = """
    account accounts balance balances betaling betalning bill bills compte conta conto copies copy credit cuenta debt debts due dues
    estratto extracto extrato factura facturas facture facturen factures factuur faktura fakturaer fakturor faktury fakturę fattura
    fatture fatura faturas inv invoice invoices konto kontoauszug kontoudtog kontoutdrag kontoutskrift ledger money offene order
    orders overzicht pagamenti pagamento pago pagos paiement payment payments posten płatność rechnung rechnungen record records
    rekening relevé remittance saldo soa solde statement statements total totals wyciąg zahlung zahlungen
"""
_OWING = """
    debe deben deve devem devono doit doivent owe owed owes schulden schuldet schuldig skylder skyldig winien winna zalega
"""
_TITLES = """
    dhr don dott doña dr fr frau fru herr hr m madam madame meneer mevr mevrouw miss mlle mme monsieur mr mrs ms mx pan pani prof
    senhor senhora señor señora sig signor signora sir sr sra
"""
_ARTICLES = """
    an das dem den der des die een ein eine einem einen einer el et ett gli het il l la las le les lo los my nasz nasza nos nossa
    nosso nostra nostro notre nuestra nuestro o ons onze our that the their these this those um uma un una une uno unos unser unsere
    unserem unseren vores vos votre vår vårt your
"""
_TOWARDS = """
    af av by de di did do does for from für has have is od of on para per por pour van von
"""
_WITHIN = """
    across around cerca dans em i im in nabij nahe near nära presso road street vers via w
"""

EVERYDAY = frozenset(f"{_TRADES}{_ABROAD}{_PLACES}".split())
FIRST_NAMES = frozenset(_FIRST_NAMES.split())
PEOPLE = FIRST_NAMES | frozenset(_SURNAMES.split())
ROLES = frozenset(_ROLES.split())
PAPERS = frozenset(_PAPERS.split())
OWING = frozenset(_OWING.split())
TITLES = frozenset(_TITLES.split())
ARTICLES = frozenset(_ARTICLES.split())
TOWARDS = frozenset(_TOWARDS.split())
WITHIN = frozenset(_WITHIN.split())
