"""Where people come from: cities with their zones, names as they are given there, numbers as they are
dialled.

Numbers use ranges kept free for fiction where a country has one, and impossible exchanges elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Culture:
    """Names and places of one part of the world. `weight` is its share of the school's people."""

    name: str
    locale: str
    weight: int
    dial: str
    cities: tuple[tuple[str, str], ...]
    given: tuple[str, ...]
    family: tuple[str, ...]

    def city(self, rng: random.Random) -> tuple[str, str]:
        """A city and its IANA zone."""
        return rng.choice(self.cities)

    def given_name(self, rng: random.Random) -> str:
        return rng.choice(self.given)

    def family_name(self, rng: random.Random) -> str:
        return rng.choice(self.family)

    def phone(self, rng: random.Random) -> str:
        """A number that rings nowhere."""
        return f"{self.dial} {rng.randint(0, 9)}00 {rng.randint(0, 999):03d} {rng.randint(0, 99):02d}0"


def _culture(name: str, locale: str, weight: int, dial: str, cities: str, given: str, family: str) -> Culture:
    places = tuple((city.replace("_", " "), zone) for city, zone in (p.split("=") for p in cities.split()))
    families = tuple(each.replace("_", " ") for each in family.split())
    return Culture(name, locale, weight, dial, places, tuple(given.split()), families)


CULTURES: tuple[Culture, ...] = (
    _culture(
        "spain", "es", 16, "+34",
        "Madrid=Europe/Madrid Sevilla=Europe/Madrid Bilbao=Europe/Madrid Las_Palmas=Atlantic/Canary",
        "Marta Lucía Diego Álvaro Carmen Pablo Irene Hugo Nerea Adrián Paula Sergio Elena Mateo Rocío Javier",
        "Vidal Luna Ortega Navarro Serrano Molina Castaño Ibáñez Prieto Cano Rubio Lozano Gallego Soto Bravo",
    ),
    _culture(
        "catalonia", "ca", 8, "+34",
        "Barcelona=Europe/Madrid Girona=Europe/Madrid Tarragona=Europe/Madrid",
        "Joan Núria Jordi Laia Pau Mireia Arnau Aina Biel Mercè Oriol Berta Pol Clàudia Roger Ona",
        "Puig Soler Ferrer Roca Vila Bosch Serra Casals Pujol Riera Planas Font Mas Camps Sala",
    ),
    _culture(
        "mexico", "es-MX", 8, "+52",
        "Mexico_City=America/Mexico_City Mérida=America/Merida Monterrey=America/Monterrey",
        "Ximena Emiliano Valeria Santiago Renata Leonardo Regina Rodrigo Camila Andrés Fernanda Iker Daniela",
        "Hernández Reyes Cárdenas Villanueva Zamora Escobedo Ochoa Galindo Treviño Ríos Montes Aguirre",
    ),
    _culture(
        "brazil", "pt-BR", 8, "+55",
        "São_Paulo=America/Sao_Paulo Recife=America/Recife Manaus=America/Manaus",
        "Beatriz Caio Larissa Thiago Luana Rafael Isadora Murilo Helena Otávio Júlia Davi Manuela Heitor",
        "Duarte Nogueira Barbosa Teixeira Moraes Cardoso Pacheco Rezende Farias Queiroz Antunes Siqueira",
    ),
    _culture(
        "portugal", "pt", 4, "+351",
        "Porto=Europe/Lisbon Lisbon=Europe/Lisbon Ponta_Delgada=Atlantic/Azores",
        "Inês Tomás Matilde Duarte Leonor Gonçalo Marta Afonso Carolina Rodrigo Mafalda Simão",
        "Figueiredo Valente Pinheiro Coelho Sampaio Lourenço Guerreiro Fonseca Amaral Brito",
    ),
    _culture(
        "britain", "en-GB", 10, "+44",
        "London=Europe/London Leeds=Europe/London Cardiff=Europe/London Belfast=Europe/London",
        "Leo Iris Owen Freya Callum Imogen Rhys Maisie Euan Poppy Alfie Bronwen Toby Harriet Jude Nell",
        "Marsh Whitlock Pryce Ashdown Hargreaves Kerr Loxley Tennant Fairbairn Penrose Quigley Thorne",
    ),
    _culture(
        "america", "en-US", 10, "+1",
        "New_York=America/New_York Chicago=America/Chicago Denver=America/Denver Oakland=America/Los_Angeles",
        "Avery Jordan Maya Caleb Naomi Wesley Autumn Elijah Tessa Marcus Delia Grant Paige Isaiah June Reid",
        "Lindqvist Caldwell Brennan Okafor Delgado Whitaker Stroud Mercer Yates Holloway Pruitt Kessler",
    ),
    _culture(
        "france", "fr", 7, "+33",
        "Lyon=Europe/Paris Nantes=Europe/Paris Lille=Europe/Paris Saint-Denis=Indian/Reunion",
        "Claire Baptiste Manon Léo Élodie Maxime Camille Théo Margaux Antoine Solène Rémi Agathe Yanis",
        "Morel Garnier Lefèvre Chevalier Rousseau Perrin Marchand Blanchet Gauthier Renaud Vasseur Collet",
    ),
    _culture(
        "germany", "de", 7, "+49",
        "Berlin=Europe/Berlin Leipzig=Europe/Berlin Vienna=Europe/Vienna Basel=Europe/Zurich",
        "Lena Jonas Mia Felix Hannah Moritz Greta Anton Frieda Emil Paula Jakob Clara Linus Marlene Till",
        "Kanter Vogel Brandt Lorenz Haas Winkler Seidel Pohl Kessler Hartmann Reuter Engel Thiele Busch",
    ),
    _culture(
        "italy", "it", 5, "+39",
        "Turin=Europe/Rome Bologna=Europe/Rome Palermo=Europe/Rome",
        "Giulia Lorenzo Chiara Matteo Sofia Davide Alessia Tommaso Bianca Niccolò Ginevra Edoardo",
        "Ferrero Marchetti Villa Fontana Caruso Bellini Riva Sartori Colombo Barone Longo Piras",
    ),
    _culture(
        "poland", "pl", 5, "+48",
        "Kraków=Europe/Warsaw Gdańsk=Europe/Warsaw Wrocław=Europe/Warsaw",
        "Ewa Kacper Zuzanna Jakub Maja Szymon Hanna Filip Oliwia Antoni Zofia Wojciech",
        "Zając Mazur Wilk Dudek Sikora Baran Pawlak Górski Lis Borkowski Czajka Jastrzębski",
    ),
    _culture(
        "czechia", "cs", 3, "+420",
        "Brno=Europe/Prague Plzeň=Europe/Prague",
        "Pavel Tereza Vojtěch Eliška Ondřej Adéla Matěj Barbora Šimon Kristýna",
        "Novák Dvořák Procházka Beneš Kolář Urban Sedláček Zeman Bartoš Kadlec",
    ),
    _culture(
        "ukraine", "uk", 4, "+380",
        "Kyiv=Europe/Kyiv Lviv=Europe/Kyiv Odesa=Europe/Kyiv",
        "Olha Taras Daryna Bohdan Iryna Maksym Kateryna Andrii Solomiia Nazar Yulia Ostap",
        "Petrenko Kovalenko Shevchuk Moroz Lysenko Bondar Savchuk Marchenko Hnatiuk Tkachuk",
    ),
    _culture(
        "greece", "el", 3, "+30",
        "Athens=Europe/Athens Thessaloniki=Europe/Athens",
        "Eleni Nikos Danae Stavros Ioanna Petros Myrto Giorgos Katerina Thanos",
        "Papadakis Vlachos Katsaros Antoniou Makris Galanis Deligiannis Samaras Kontos Rallis",
    ),
    _culture(
        "nigeria", "en-NG", 5, "+234",
        "Lagos=Africa/Lagos Abuja=Africa/Lagos Ibadan=Africa/Lagos",
        "Samuel Adaeze Tunde Ngozi Chidi Folake Emeka Yetunde Ifeanyi Amara Kelechi Bisi",
        "Okoye Adeyemi Balogun Eze Nwosu Adebayo Obi Ogunleye Umeh Afolabi Nnamdi Danjuma",
    ),
    _culture(
        "ghana", "en-GH", 3, "+233",
        "Accra=Africa/Accra Kumasi=Africa/Accra",
        "Kofi Ama Kwame Efua Yaw Akosua Kojo Abena Kwesi Esi",
        "Tandoh Mensah Boateng Asante Owusu Agyeman Darko Ofori Quaye Addo",
    ),
    _culture(
        "levant", "ar", 4, "+961",
        "Beirut=Asia/Beirut Amman=Asia/Amman Cairo=Africa/Cairo Casablanca=Africa/Casablanca",
        "Karim Layla Yousef Nour Hadi Salma Tarek Dina Rami Yasmin Omar Farah",
        "Haddad Khoury Nasser Saleh Mansour Darwish Aziz Rahal Sabbagh Qasim Benali Tahiri",
    ),
    _culture(
        "india", "en-IN", 8, "+91",
        "Pune=Asia/Kolkata Chennai=Asia/Kolkata Kolkata=Asia/Kolkata Jaipur=Asia/Kolkata",
        "Ananya Rohan Kavya Arjun Meera Vikram Ishita Nikhil Diya Aditya Shreya Kabir Tara Varun",
        "Kulkarni Menon Banerjee Deshpande Iyer Rathore Chatterjee Naidu Joshi Pillai Bhatt Saxena",
    ),
    _culture(
        "japan", "ja", 4, "+81",
        "Osaka=Asia/Tokyo Sendai=Asia/Tokyo Fukuoka=Asia/Tokyo",
        "Hana Haruto Yui Sota Aoi Ren Sakura Kaito Mio Riku Rin Takumi",
        "Sato Fujimoto Nakagawa Hayashi Ogawa Shimizu Mori Kondo Ishikawa Okada",
    ),
    _culture(
        "korea", "ko", 3, "+82",
        "Seoul=Asia/Seoul Busan=Asia/Seoul",
        "Seo-yeon Min-jun Ha-eun Do-yun Ji-woo Si-woo Su-ah Jun-seo",
        "Kim Park Choi Jung Kang Yoon Lim Han Shin Seo",
    ),
    _culture(
        "oceania", "en-AU", 3, "+61",
        "Melbourne=Australia/Melbourne Perth=Australia/Perth Adelaide=Australia/Adelaide",
        "Matilda Lachlan Zara Angus Indie Jasper Billie Hamish Willa Flynn",
        "Barlow Nguyen Hartigan McAllister Doyle Tran Sinclair Papas Redfern Gale",
    ),
    _culture(
        "scandinavia", "sv", 4, "+46",
        "Gothenburg=Europe/Stockholm Aarhus=Europe/Copenhagen Bergen=Europe/Oslo Turku=Europe/Helsinki",
        "Nora Axel Astrid Viggo Saga Nils Tuva Sixten Alma Oskar Liv Elias",
        "Bergström Dahl Ekholm Nygård Sandvik Holm Lindgren Halvorsen Virtanen Kjær",
    ),
)  # fmt: skip


def anywhere(rng: random.Random) -> Culture:
    """A culture, as often as the school has people of it."""
    return rng.choices(CULTURES, weights=[culture.weight for culture in CULTURES])[0]
