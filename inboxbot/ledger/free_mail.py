"""Mail domains that anybody, or many companies, write from: they never tell which customer writes.

In: nothing. Out: `FREE_MAIL_DOMAINS`. A domain that is missing here can be added by `[security] extra_free_mail_domains`.
"""

_GLOBAL = """
    aol.com atomicmail.io duck.com email.com fastmail.com fastmail.fm gmail.com googlemail.com gmx.com gmx.net hey.com hotmail.com
    hushmail.com icloud.com inbox.com live.com mac.com mail.com mailbox.org mail.ru me.com msn.com outlook.com pm.me posteo.de
    posteo.net proton.me protonmail.ch protonmail.com rediffmail.com rocketmail.com runbox.com skiff.com startmail.com tuta.com
    tuta.io tutamail.com tutanota.com tutanota.de usa.com vivaldi.net yahoo.com yandex.com yandex.ru ymail.com zoho.com zohomail.com
"""
_EUROPE = """
    a1.net abv.bg aon.at arcor.de aliceadsl.fr alice.it bbox.fr bk.ru bluewin.ch blueyonder.co.uk btinternet.com btopenworld.com
    centrum.cz club-internet.fr email.cz email.it eircom.net freenet.de free.fr freemail.hu gmail.de gmx.at gmx.ch gmx.de gmx.fr
    gmx.it hetnet.nl hispavista.com home.nl hotmail.be hotmail.ch hotmail.co.uk hotmail.de hotmail.es hotmail.fr hotmail.it
    hotmail.nl hotmail.se i.ua icloud.de inbox.lt inbox.lv inbox.ru interia.pl kpnmail.nl laposte.net libero.it list.ru live.at
    live.be live.ca live.co.uk live.de live.dk live.fr live.ie live.it live.nl live.no live.se mail.bg mail.ee mail.pt neuf.fr
    netcologne.de ntlworld.com numericable.fr o2.pl online.de online.no onet.pl op.pl orange.fr outlook.at outlook.be outlook.com.br
    outlook.de outlook.dk outlook.es outlook.fr outlook.ie outlook.it outlook.pt planet.nl poczta.onet.pl rambler.ru sapo.pt
    seznam.cz sfr.fr sky.com skynet.be spray.se sunrise.ch t-online.de talktalk.net telenet.be telfort.nl terra.es tin.it tiscali.co.uk
    tiscali.it tlen.pl tvcablenet.be ukr.net upcmail.nl versanet.de virgilio.it virginmedia.com voila.fr vodafone.de wanadoo.fr
    web.de wp.pl xs4all.nl yahoo.co.uk yahoo.de yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.it yahoo.no yahoo.pl yahoo.ro yahoo.se
    ya.ru ziggo.nl
"""
_AMERICAS = """
    att.net bell.net bellsouth.net bol.com.br cableone.net centurylink.net charter.net comcast.net cox.net earthlink.net frontier.com
    frontiernet.net globo.com hotmail.ca hotmail.com.ar hotmail.com.br hotmail.com.mx ig.com.br juno.com live.com.ar live.com.mx
    mindspring.com netscape.net netzero.net optonline.net optimum.net prodigy.net prodigy.net.mx q.com roadrunner.com rogers.com
    rr.com sbcglobal.net shaw.ca suddenlink.net sympatico.ca telus.net terra.com.br uol.com.br verizon.net videotron.ca windstream.net
    yahoo.ca yahoo.com.ar yahoo.com.br yahoo.com.mx
"""
_ASIA_PACIFIC = """
    126.com 139.com 163.com 188.com aliyun.com bigpond.com bigpond.net.au daum.net docomo.ne.jp ezweb.ne.jp foxmail.com hanmail.net
    hotmail.co.jp hotmail.com.au iinet.net.au indiatimes.com live.com.au live.jp nate.com naver.com optusnet.com.au outlook.com.au
    outlook.jp qq.com rediff.com sify.com sina.cn sina.com sohu.com softbank.ne.jp tom.com tpg.com.au xtra.co.nz yahoo.co.id
    yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.com.au yahoo.com.cn yahoo.com.hk yahoo.com.my yahoo.com.ph
    yahoo.com.sg yahoo.com.tw yahoo.com.vn yahoo.in yeah.net
"""
_PLATFORMS = """
    ansmtp.ariba.com ariba.com avidxchange.com basware.com bill.com coupahost.com esker.com mineraltree.com paymode.com
    quickbooks.intuit.com notification.intuit.com stampli.com tipalti.com tradeshift.com tungsten-network.com
"""  # from which many companies' payables are written

FREE_MAIL_DOMAINS = frozenset(f"{_GLOBAL}{_EUROPE}{_AMERICAS}{_ASIA_PACIFIC}{_PLATFORMS}".split())
