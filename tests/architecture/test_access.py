"""Who may do what: every route, every role, one's own things and other people's (security.md, S4).

A route without a row fails the test, so nobody adds a page without saying who may open it.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from lapak.accounts.rules import Actor
from lapak.orders.rules.tokens import shared_token
from tests.market import CALL, DRAFT, FAR_DRAFT, PUBLISHED, TO_PUBLISH, Market

ROLES = ("stranger", "newcomer", "seller", "other_seller", "curator", "admin", "far_seller", "far_curator", "far_admin", "companion")

# One status for each of ROLES but the last, in their order. `mine` belongs to the seller; `far` things and people are of the other region.
# 303 sends a stranger to sign in, or somebody on; forms are sent empty, so 422 means "let in"; 409 comes second.
ROWS = """
GET  storefront.home            /                                                      200 200 200 200 200 200 200 200 200
GET  storefront.home            /d/pariaman/                                           200 200 200 200 200 200 200 200 200
GET  storefront.browse          /jelajah                                               200 200 200 200 200 200 200 200 200
GET  storefront.browse_category /jelajah/camilan                                       200 200 200 200 200 200 200 200 200
GET  storefront.browse_category /jelajah/tidak-ada                                     404 404 404 404 404 404 404 404 404
GET  storefront.search          /cari                                                  200 200 200 200 200 200 200 200 200
GET  storefront.suggest         /cari/saran                                            200 200 200 200 200 200 200 200 200
GET  storefront.product         /produk/{mine.product}                                 200 200 200 200 200 200 200 200 200
GET  storefront.product         /produk/{far.product}                                  404 404 404 404 404 404 404 404 404
GET  storefront.product         /d/pariaman/produk/{mine.product}                      404 404 404 404 404 404 404 404 404
GET  storefront.product         /produk/{withheld}                                     410 410 410 410 410 410 410 410 410
GET  storefront.product         /produk/tidak-ada                                      404 404 404 404 404 404 404 404 404
GET  storefront.shop            /lapak/{mine.shop}                                     200 200 200 200 200 200 200 200 200
GET  storefront.shop            /lapak/{far.shop}                                      404 404 404 404 404 404 404 404 404
GET  storefront.shop            /lapak/tidak-ada                                       404 404 404 404 404 404 404 404 404
GET  storefront.all_editions    /edisi                                                 200 200 200 200 200 200 200 200 200
GET  storefront.edition         /edisi/{published}                                     200 200 200 200 200 200 200 200 200
GET  storefront.edition         /edisi/{draft}                                         404 404 404 404 404 404 404 404 404
GET  storefront.edition         /edisi/{far_draft}                                     404 404 404 404 404 404 404 404 404
GET  storefront.edition         /d/pariaman/edisi/{published}                          404 404 404 404 404 404 404 404 404
GET  storefront.edition         /edisi/99                                              404 404 404 404 404 404 404 404 404
GET  open_editions.how           /edisi/{published}/cara-kami-memilih                   200 200 200 200 200 200 200 200 200
GET  open_editions.how           /edisi/{draft}/cara-kami-memilih                       404 404 404 404 404 404 404 404 404
GET  open_editions.kit           /edisi/{published}/bahan-unggah                        200 200 200 200 200 200 200 200 200
GET  open_editions.kit           /edisi/{draft}/bahan-unggah                            404 404 404 404 404 404 404 404 404
GET  open_editions.kit_file      /kit/tidak-ada/kit.zip                                 404 404 404 404 404 404 404 404 404
GET  results.as_json             /edisi/{published}.json                                200 200 200 200 200 200 200 200 200
GET  results.as_json             /edisi/{draft}.json                                    404 404 404 404 404 404 404 404 404
GET  storefront.edition          /edisi/musisi/1                                        404 404 404 404 404 404 404 404 404
GET  storefront.short           /p/{mine.code}                                         301 301 301 301 301 301 301 301 301
GET  storefront.short           /p/{far.code}                                          301 301 301 301 301 301 301 301 301
GET  storefront.short           /p/tidak-ada                                           404 404 404 404 404 404 404 404 404
GET  storefront.sitemap         /sitemap.xml                                           200 200 200 200 200 200 200 200 200
GET  federation.editions_atom   /feed.atom                                             200 200 200 200 200 200 200 200 200
GET  federation.editions_json   /feed.json                                             200 200 200 200 200 200 200 200 200
GET  federation.category_atom   /jelajah/camilan/feed.atom                             200 200 200 200 200 200 200 200 200
GET  federation.category_atom   /jelajah/tidak-ada/feed.atom                           404 404 404 404 404 404 404 404 404
GET  federation.category_json   /jelajah/camilan/feed.json                             200 200 200 200 200 200 200 200 200
GET  federation.category_json   /jelajah/tidak-ada/feed.json                           404 404 404 404 404 404 404 404 404
GET  federation.shop_atom       /lapak/{mine.shop}/feed.atom                           200 200 200 200 200 200 200 200 200
GET  federation.shop_atom       /lapak/{far.shop}/feed.atom                            404 404 404 404 404 404 404 404 404
GET  federation.shop_json       /lapak/{mine.shop}/feed.json                           200 200 200 200 200 200 200 200 200
GET  federation.shop_json       /lapak/tidak-ada/feed.json                             404 404 404 404 404 404 404 404 404
GET  orders.new                 /produk/{mine.product}/pesan                           200 200 200 200 200 200 200 200 200
GET  orders.new                 /produk/{far.product}/pesan                            404 404 404 404 404 404 404 404 404
GET  orders.new                 /produk/tidak-ada/pesan                                404 404 404 404 404 404 404 404 404
POST orders.place               /produk/{mine.product}/pesan                           422 422 422 422 422 422 422 422 422
POST orders.place               /produk/{far.product}/pesan                            404 404 404 404 404 404 404 404 404
POST orders.place               /produk/tidak-ada/pesan                                404 404 404 404 404 404 404 404 404
GET  orders.basket              /keranjang                                             200 200 200 200 200 200 200 200 200
POST orders.add                 /produk/{other.product}/keranjang                      303 303 303 303 303 303 303 303 303
POST orders.add                 /produk/{far.product}/keranjang                        404 404 404 404 404 404 404 404 404
GET  orders.checkout            /keranjang/{kept.shop}                                 404 404 404 404 404 404 404 404 404
POST orders.order               /keranjang/{kept.shop}                                 303 303 303 303 303 303 303 303 303
POST orders.change              /keranjang/{kept.shop}/ubah                            404 404 404 404 404 404 404 404 404
GET  orders.remembered          /pesanan                                               200 200 200 200 200 200 200 200 200
GET  storefront.order           /pesanan/{mine.order_token}                            200 200 200 200 200 200 200 200 200
GET  storefront.order           /pesanan/{far.order_token}                             200 200 200 200 200 200 200 200 200
GET  storefront.order           /pesanan/{received_link}                               200 200 200 200 200 200 200 200 200
GET  storefront.order           /pesanan/{mine.order_code}                             404 404 303 404 404 404 404 404 404
GET  storefront.order           /pesanan/tidak-ada                                     404 404 404 404 404 404 404 404 404
POST orders.cancel              /pesanan/{far.order_token}/batal                       303 409 409 409 409 409 403 409 409
POST orders.cancel              /pesanan/{mine.order_code}/batal                       404 404 404 404 404 404 404 404 404
POST orders.cancel              /pesanan/tidak-ada/batal                               404 404 404 404 404 404 404 404 404
POST orders.find                /pesanan                                               422 422 422 422 422 422 422 422 422
POST orders.accept              /pesanan/{mine.order_token}/setuju                     409 409 403 409 409 409 409 409 409
POST orders.accept              /pesanan/{received_link}/setuju                        403 403 403 403 403 403 403 403 403
POST orders.accept              /pesanan/tidak-ada/setuju                              404 404 404 404 404 404 404 404 404
POST orders.extend              /pesanan/{received}/tunggu                             409 409 403 409 409 409 409 409 409
POST orders.extend              /pesanan/{received_link}/tunggu                        403 403 403 403 403 403 403 403 403
POST orders.pay                 /pesanan/{mine.order_token}/bayar                      409 409 403 409 409 409 409 409 409
POST orders.pay                 /pesanan/{received_link}/bayar                         403 403 403 403 403 403 403 403 403
POST orders.money_back          /pesanan/{mine.order_token}/uang-kembali               409 409 403 409 409 409 409 409 409
POST orders.money_back          /pesanan/{received_link}/uang-kembali                  403 403 403 403 403 403 403 403 403
POST orders.repeat              /pesanan/{received_link}/lagi                          303 303 303 303 303 303 303 303 303
POST orders.repeat              /pesanan/tidak-ada/lagi                                404 404 404 404 404 404 404 404 404
GET  orders.evidence            /pesanan/{mine.order_token}/bukti/1.jpg                200 200 200 200 200 200 200 200 200
GET  orders.evidence            /pesanan/{mine.order_token}/bukti/9.jpg                404 404 404 404 404 404 404 404 404
GET  orders.evidence            /pesanan/{mine.order_code}/bukti/1.jpg                 404 404 404 404 404 404 404 404 404
GET  orders.evidence            /pesanan/tidak-ada/bukti/1.jpg                         404 404 404 404 404 404 404 404 404
POST orders.receive             /pesanan/{mine.order_token}/terima                     409 409 403 409 409 409 409 409 409
POST orders.receive             /pesanan/{received}/terima                             303 303 403 303 303 303 303 303 303
POST orders.receive             /pesanan/{received_link}/terima                        403 403 403 403 403 403 403 403 403
POST orders.receive             /pesanan/{mine.order_code}/terima                      404 404 404 404 404 404 404 404 404
GET  testimonials.testimonial   /pesanan/{received}/testimoni                          200 200 200 200 200 200 200 200 200
GET  testimonials.testimonial   /pesanan/{mine.order_token}/testimoni                  303 303 303 303 303 303 303 303 303
GET  testimonials.testimonial   /pesanan/{received_link}/testimoni                     303 303 303 303 303 303 303 303 303
GET  testimonials.testimonial   /pesanan/tidak-ada/testimoni                           404 404 404 404 404 404 404 404 404
POST testimonials.write         /pesanan/{received}/testimoni                          422 422 422 422 422 422 422 422 422
POST testimonials.write         /pesanan/{mine.order_token}/testimoni                  409 409 409 409 409 409 409 409 409
POST testimonials.write         /pesanan/{received_link}/testimoni                     403 403 403 403 403 403 403 403 403
POST testimonials.write         /pesanan/tidak-ada/testimoni                           404 404 404 404 404 404 404 404 404
POST testimonials.withdraw      /pesanan/{received}/testimoni/tarik                    404 404 403 404 404 404 404 404 404
POST testimonials.withdraw      /pesanan/{received_link}/testimoni/tarik               403 403 403 403 403 403 403 403 403
POST testimonials.withdraw      /pesanan/tidak-ada/testimoni/tarik                     404 404 404 404 404 404 404 404 404
GET  testimonials.of_shop       /lapak/{mine.shop}/testimoni                           200 200 200 200 200 200 200 200 200
GET  testimonials.of_shop       /lapak/{far.shop}/testimoni                            404 404 404 404 404 404 404 404 404
GET  testimonials.of_shop       /lapak/tidak-ada/testimoni                             404 404 404 404 404 404 404 404 404
GET  testimonials.mine          /dasbor/testimoni                                      303 403 200 200 403 403 200 403 403
GET  testimonials.answer        /dasbor/testimoni/{said[mine]}/balas                   303 403 200 404 403 403 404 403 403
GET  testimonials.answer        /dasbor/testimoni/{said[waiting]}/balas                303 403 404 404 403 403 404 403 403
GET  testimonials.answer        /dasbor/testimoni/999999/balas                         303 403 404 404 403 403 404 403 403
POST testimonials.reply         /dasbor/testimoni/{said[mine]}/balas                   303 403 422 404 403 403 404 403 403
POST testimonials.reply         /dasbor/testimoni/999999/balas                         303 403 404 404 403 403 404 403 403
GET  testimonials.desk          /moderasi/testimoni                                    303 403 403 403 200 200 403 403 403
GET  testimonials.desk          /d/pariaman/moderasi/testimoni                         303 403 403 403 403 403 403 200 200
GET  testimonials.judge         /moderasi/testimoni/{said[mine]}                       303 403 403 403 200 200 403 403 403
GET  testimonials.judge         /moderasi/testimoni/{said[far]}                        303 403 403 403 404 404 403 403 403
GET  testimonials.judge         /moderasi/testimoni/999999                             303 403 403 403 404 404 403 403 403
GET  testimonials.judge         /d/pariaman/moderasi/testimoni/{said[mine]}            303 403 403 403 403 403 403 404 404
POST testimonials.decide        /moderasi/testimoni/{said[waiting]}                    303 403 403 403 422 422 403 403 403
POST testimonials.decide        /moderasi/testimoni/{said[far]}                        303 403 403 403 404 404 403 403 403
POST testimonials.decide        /d/pariaman/moderasi/testimoni/{said[mine]}            303 403 403 403 403 403 403 404 404
GET  accounts.sign_in           /masuk                                                 200 200 200 200 200 200 200 200 200
POST accounts.send_code         /masuk                                                 422 422 422 422 422 422 422 422 422
GET  accounts.sign_in_code      /masuk/kode                                            303 303 303 303 303 303 303 303 303
POST accounts.enter             /masuk/kode                                            303 303 303 303 303 303 303 303 303
GET  accounts.start             /mulai-jualan                                          200 303 303 303 303 303 303 303 303
POST accounts.start_send        /mulai-jualan                                          422 422 422 422 422 422 422 422 422
GET  accounts.start_code        /mulai-jualan/kode                                     303 303 303 303 303 303 303 303 303
POST accounts.start_enter       /mulai-jualan/kode                                     303 303 303 303 303 303 303 303 303
GET  accounts.demo_inbox        /kotak-demo                                            200 200 200 200 200 200 200 200 200
POST accounts.sign_out          /keluar                                                303 303 303 303 303 303 303 303 303
GET  shops.start                /mulai-jualan/lapak                                    303 200 303 303 200 200 303 200 200
POST shops.open_shop            /mulai-jualan/lapak                                    303 422 422 422 422 422 422 422 422
GET  catalog.first              /mulai-jualan/produk                                   303 303 200 200 303 303 200 303 303
POST catalog.publish_first      /mulai-jualan/produk                                   303 303 422 422 303 303 422 303 303
GET  dashboard.home             /dasbor                                                303 403 200 200 403 403 200 403 403
GET  shops.edit                 /dasbor/lapak                                          303 403 200 200 403 403 200 403 403
POST shops.save                 /dasbor/lapak                                          303 403 422 422 403 403 422 403 403
GET  catalog.mine               /dasbor/produk                                         303 403 200 200 403 403 200 403 403
GET  catalog.new                /dasbor/produk/baru                                    303 403 200 200 403 404 200 403 403
POST catalog.publish            /dasbor/produk/baru                                    303 403 422 422 403 404 422 403 403
POST catalog.confirm            /dasbor/masih-ada                                      303 403 303 303 403 404 303 403 403
GET  catalog.kind               /dasbor/jenis                                   303 200 200 200 200 200 200 200 200
GET  sales.opening              /dasbor/buka-tutup                                     303 403 200 200 403 403 200 403 403
POST sales.set_opening          /dasbor/buka-tutup                                     303 403 422 422 403 403 422 403 403
POST sales.set_day              /dasbor/buka-tutup/hari                                303 403 422 422 403 403 422 403 403
GET  sales.postage              /dasbor/ongkir                                         303 403 200 200 403 403 200 403 403
POST sales.set_postage          /dasbor/ongkir                                         303 403 422 422 403 403 422 403 403
GET  sales.rules                /kelola/pesanan                                        303 403 403 403 403 200 403 403 403
POST sales.set_rules            /kelola/pesanan                                        303 403 403 403 403 422 403 403 403
GET  catalog.choices            /dasbor/produk/{mine.product}/pilihan                  303 403 200 404 403 404 404 403 403
GET  catalog.choices            /dasbor/produk/tidak-ada/pilihan                       303 403 404 404 403 404 404 403 403
POST catalog.set_choices        /dasbor/produk/{mine.product}/pilihan                  303 403 422 404 403 404 404 403 403
GET  catalog.edit               /dasbor/produk/{mine.product}                          303 403 200 404 403 404 404 403 403
GET  catalog.edit               /dasbor/produk/tidak-ada                               303 403 404 404 403 404 404 403 403
POST catalog.save               /dasbor/produk/{mine.product}                          303 403 422 404 403 404 404 403 403
POST catalog.save               /dasbor/produk/tidak-ada                               303 403 404 404 403 404 404 403 403
GET  catalog.edit               /dasbor/produk/{other.product}                         303 403 404 200 403 404 404 403 403
POST catalog.withdraw           /dasbor/produk/{mine.product}/tarik                    303 403 303 404 403 404 404 403 403
POST catalog.withdraw           /dasbor/produk/tidak-ada/tarik                         303 403 404 404 403 404 404 403 403
POST catalog.set_state          /dasbor/produk/{mine.product}/status                   303 403 422 422 403 422 422 403 403
GET  sales.mine                 /dasbor/pesanan                                        303 403 200 200 403 403 200 403 403
GET  sales.show                 /dasbor/pesanan/{mine.order_code}                      303 403 200 404 403 404 404 403 403
GET  sales.show                 /dasbor/pesanan/{mine.order_token}                     303 403 404 404 403 404 404 403 403
GET  sales.show                 /dasbor/pesanan/TAKADA                                 303 403 404 404 403 404 404 403 403
POST sales.answer               /dasbor/pesanan/{mine.order_code}/jawab                303 403 422 404 403 404 404 403 403
POST sales.answer               /dasbor/pesanan/TAKADA/jawab                           303 403 404 404 403 404 404 403 403
GET  sales.evidence             /dasbor/pesanan/{mine.order_code}/bukti/1.jpg          303 403 200 404 403 404 404 403 403
GET  sales.evidence             /dasbor/pesanan/{mine.order_code}/bukti/9.jpg          303 403 404 404 403 404 404 403 403
GET  sales.evidence             /dasbor/pesanan/TAKADA/bukti/1.jpg                     303 403 404 404 403 404 404 403 403
GET  papers.index               /dasbor/cetak                                         303 403 200 200 403 403 200 403 403
GET  papers.day_sheet           /dasbor/pesanan/hari-ini.pdf                           303 403 200 200 403 403 200 403 403
GET  papers.labels              /dasbor/pesanan/label.pdf                              303 403 422 422 403 403 422 403 403
GET  papers.label               /dasbor/pesanan/{mine.order_code}/label.pdf            303 403 200 404 403 404 404 403 403
GET  papers.label               /dasbor/pesanan/TAKADA/label.pdf                       303 403 404 404 403 404 404 403 403
GET  papers.as_workbook         /dasbor/pesanan/ekspor.xlsx                            303 403 200 200 403 403 200 403 403
GET  papers.as_csv              /dasbor/pesanan/ekspor.csv                             303 403 200 200 403 403 200 403 403
GET  dashboard.figures          /dasbor/angka                                          303 403 200 200 403 403 200 403 403
GET  accounts.sessions          /dasbor/sesi                                           303 200 200 200 200 200 200 200 200
POST accounts.end_session       /dasbor/sesi/{mine.session_id}/akhiri                  303 404 303 404 404 404 404 404 404
POST accounts.end_session       /dasbor/sesi/999999/akhiri                             303 404 404 404 404 404 404 404 404
GET  companions.mine            /pendampingan                                          303 403 403 403 403 200 403 403 403
GET  companions.new             /pendampingan/baru                                     303 403 403 403 403 200 403 403 403
POST companions.register        /pendampingan/baru                                     303 403 403 403 403 422 403 403 403
GET  companions.show            /pendampingan/{kept.shop}                              303 403 403 403 403 200 403 403 403
GET  companions.show            /pendampingan/{mine.shop}                              303 403 403 403 403 404 403 403 403
GET  companions.show            /pendampingan/tidak-ada                                303 403 403 403 403 404 403 403 403
GET  companions.edit            /pendampingan/{kept.shop}/ubah                         303 403 403 403 403 404 403 403 403
POST companions.correct         /pendampingan/{kept.shop}/ubah                         303 403 403 403 403 404 403 403 403
POST companions.make_link       /pendampingan/{spare_shop}/tautan                      303 403 403 403 403 303 403 403 403
POST companions.make_link       /pendampingan/tidak-ada/tautan                         303 403 403 403 403 404 403 403 403
POST companions.send_link       /pendampingan/{spare_shop}/kirim                       303 403 403 403 403 303 403 403 403
POST companions.send_link       /pendampingan/tidak-ada/kirim                          303 403 403 403 403 404 403 403 403
GET  companions.sheet           /pendampingan/{kept.shop}/lembar                       303 403 403 403 403 200 403 403 403
GET  companions.sheet           /pendampingan/{mine.shop}/lembar                       303 403 403 403 403 404 403 403 403
GET  companions.qr              /pendampingan/{kept.shop}/qr.svg                       303 403 403 403 403 200 403 403 403
GET  companions.qr              /pendampingan/{mine.shop}/qr.svg                       303 403 403 403 403 404 403 403 403
GET  payments.mine              /dasbor/pembayaran                                     303 403 200 200 403 403 200 403 403
GET  payments.transfer          /dasbor/pembayaran/transfer                            303 403 200 200 403 403 200 403 403
POST payments.set_transfer      /dasbor/pembayaran/transfer                            303 403 422 422 403 403 422 403 403
GET  payments.cash              /dasbor/pembayaran/tunai                               303 403 200 200 403 403 200 403 403
POST payments.set_cash          /dasbor/pembayaran/tunai                               303 403 409 303 403 403 303 403 403
GET  payments.qris              /dasbor/pembayaran/qris                                303 403 200 200 403 403 200 403 403
POST payments.offer_code        /dasbor/pembayaran/qris                                303 403 422 422 403 403 422 403 403
POST payments.take_code         /dasbor/pembayaran/qris/pasang                         303 403 409 409 403 403 409 403 403
POST payments.drop_code         /dasbor/pembayaran/qris/hapus                          303 403 303 303 403 403 303 403 403
GET  payments.example           /dasbor/pembayaran/contoh                              303 403 200 200 403 403 200 403 403
GET  payments.kept              /pendampingan/{kept.shop}/pembayaran                   303 403 403 403 403 404 403 403 403
GET  payments.kept              /pendampingan/{mine.shop}/pembayaran                   303 403 403 403 403 404 403 403 403
GET  payments.kept              /pendampingan/tidak-ada/pembayaran                     303 403 403 403 403 404 403 403 403
GET  payments.kept              /d/pariaman/pendampingan/{kept.shop}/pembayaran        303 403 403 403 403 403 403 403 404
GET  payments.start             /mulai-jualan/qris                                     303 200 303 303 200 200 303 200 200
POST payments.show_code         /mulai-jualan/qris                                     303 422 303 303 422 422 303 422 422
GET  companions.unclaimed       /kelola/lapak                                          303 403 403 403 403 200 403 403 403
GET  companions.show            /d/pariaman/pendampingan/{kept.shop}                   303 403 403 403 403 403 403 403 404
GET  companions.sheet           /d/pariaman/pendampingan/{kept.shop}/lembar            303 403 403 403 403 403 403 403 404
GET  companions.claim_page      /klaim/{kept.token}                                    200 200 200 200 200 200 200 200 200
GET  companions.claim_page      /d/pariaman/klaim/{kept.token}                         404 404 404 404 404 404 404 404 404
GET  companions.claim_page      /klaim/tidak-ada                                       404 404 404 404 404 404 404 404 404
POST companions.claim           /klaim/{kept.token}                                    303 403 403 403 403 403 403 403 403
POST companions.claim           /klaim/tidak-ada                                       303 404 404 404 404 404 404 404 404
POST shops.let_help             /dasbor/pendamping                                     303 403 422 422 403 403 422 403 403
GET  accounts.consents          /dasbor/persetujuan                                    303 200 200 200 200 200 200 200 200
POST accounts.withdraw_consent  /dasbor/persetujuan/{consent}/tarik                    303 404 404 404 404 404 404 404 404
POST accounts.withdraw_consent  /dasbor/persetujuan/999999/tarik                       303 404 404 404 404 404 404 404 404
POST photos.upload              /foto                                                  303 422 422 422 422 422 422 422 422
GET  photos.show                /foto/{mine.photo}/320.webp                            200 200 200 200 200 200 200 200 200
GET  photos.show                /foto/{mine.photo}/master.jpg                          404 404 404 404 404 404 404 404 404
GET  photos.show                /foto/tidak-ada-tidak-ada-tidak/320.webp               404 404 404 404 404 404 404 404 404
GET  editions.index              /kurasi                                                303 403 403 403 200 403 403 403 403
GET  editions.index              /d/pariaman/kurasi                                     303 403 403 403 403 403 403 200 403
GET  editions.new                /kurasi/baru                                           303 403 403 403 200 403 403 403 403
POST editions.create             /kurasi/baru                                           303 403 403 403 422 403 403 403 403
GET  editions.show               /kurasi/{draft}                                        303 403 403 403 200 403 403 403 403
GET  editions.show               /d/pariaman/kurasi/{draft}                             303 403 403 403 403 403 403 404 403
GET  editions.show               /kurasi/{far_draft}                                    303 403 403 403 404 403 403 403 403
GET  editions.show               /kurasi/tidak-ada                                      303 403 403 403 404 403 403 403 403
GET  editions.plan               /kurasi/{draft}/rencana                                303 403 403 403 200 403 403 403 403
GET  editions.plan               /d/pariaman/kurasi/{draft}/rencana                     303 403 403 403 403 403 403 404 403
POST editions.change             /kurasi/{draft}/rencana                                303 403 403 403 422 403 403 403 403
POST editions.change             /d/pariaman/kurasi/{draft}/rencana                     303 403 403 403 403 403 403 404 403
GET  editions.ask_cancel         /kurasi/{draft}/batalkan                               303 403 403 403 200 403 403 403 403
GET  editions.ask_cancel         /d/pariaman/kurasi/{draft}/batalkan                    303 403 403 403 403 403 403 404 403
POST editions.cancel             /kurasi/{draft}/batalkan                               303 403 403 403 422 403 403 403 403
POST editions.cancel             /d/pariaman/kurasi/{draft}/batalkan                    303 403 403 403 403 403 403 404 403
POST editions.nominate           /kurasi/{draft}/ajukan                                 303 403 403 403 303 403 403 403 403
POST editions.nominate           /d/pariaman/kurasi/{draft}/ajukan                      303 403 403 403 403 403 403 404 403
GET  judging.begin               /kurasi/{draft}/nilai                                  303 403 403 403 303 403 403 403 403
GET  judging.begin               /d/pariaman/kurasi/{draft}/nilai                       303 403 403 403 403 403 403 404 403
GET  judging.show                /kurasi/{draft}/nilai/{entries[draft]}                 303 403 403 403 200 403 403 403 403
GET  judging.show                /d/pariaman/kurasi/{draft}/nilai/{entries[draft]}      303 403 403 403 403 403 403 404 403
GET  judging.show                /kurasi/{draft}/nilai/tidak-ada                        303 403 403 403 404 403 403 403 403
POST judging.give                /kurasi/{draft}/nilai/{entries[draft]}                 303 403 403 403 422 403 403 403 403
POST judging.give                /d/pariaman/kurasi/{draft}/nilai/{entries[draft]}      303 403 403 403 403 403 403 404 403
GET  judging.ask_recusal         /kurasi/{draft}/nilai/{entries[draft]}/kepentingan     303 403 403 403 200 403 403 403 403
GET  judging.ask_recusal         /d/pariaman/kurasi/{draft}/nilai/{entries[draft]}/kepentingan 303 403 403 403 403 403 403 404 403
POST judging.recuse              /kurasi/{draft}/nilai/{entries[draft]}/kepentingan     303 403 403 403 422 403 403 403 403
POST judging.recuse              /d/pariaman/kurasi/{draft}/nilai/{entries[draft]}/kepentingan 303 403 403 403 403 403 403 404 403
GET  choosing.show               /kurasi/{draft}/daftar                                 303 403 403 403 200 403 403 403 403
GET  choosing.show               /d/pariaman/kurasi/{draft}/daftar                      303 403 403 403 403 403 403 404 403
POST choosing.compose            /kurasi/{call_number}/daftar/susun                     303 403 403 403 303 403 403 403 403
POST choosing.compose            /d/pariaman/kurasi/{call_number}/daftar/susun          303 403 403 403 403 403 403 404 403
GET  choosing.ask_overrule       /kurasi/{draft}/daftar/{entries[draft]}/putuskan       303 403 403 403 200 403 403 403 403
GET  choosing.ask_overrule       /d/pariaman/kurasi/{draft}/daftar/{entries[draft]}/putuskan 303 403 403 403 403 403 403 404 403
POST choosing.overrule           /kurasi/{draft}/daftar/{entries[draft]}/putuskan       303 403 403 403 422 403 403 403 403
POST choosing.overrule           /d/pariaman/kurasi/{draft}/daftar/{entries[draft]}/putuskan 303 403 403 403 403 403 403 404 403
GET  choosing.ask_answer         /kurasi/{draft}/daftar/{entries[draft]}/jawaban        303 403 403 403 200 403 403 403 403
GET  choosing.ask_answer         /d/pariaman/kurasi/{draft}/daftar/{entries[draft]}/jawaban 303 403 403 403 403 403 403 404 403
POST choosing.answer             /kurasi/{draft}/daftar/{entries[draft]}/jawaban        303 403 403 403 422 403 403 403 403
POST choosing.answer             /d/pariaman/kurasi/{draft}/daftar/{entries[draft]}/jawaban 303 403 403 403 403 403 403 404 403
GET  choosing.ready              /kurasi/{draft}/siap                                   303 403 403 403 200 403 403 403 403
GET  choosing.ready              /d/pariaman/kurasi/{draft}/siap                        303 403 403 403 403 403 403 404 403
GET  choosing.ask_wave           /kurasi/{draft}/siap/{entries[draft]}/tetap            303 403 403 403 200 403 403 403 403
GET  choosing.ask_wave           /d/pariaman/kurasi/{draft}/siap/{entries[draft]}/tetap 303 403 403 403 403 403 403 404 403
POST choosing.wave               /kurasi/{draft}/siap/{entries[draft]}/tetap            303 403 403 403 422 403 403 403 403
POST choosing.wave               /d/pariaman/kurasi/{draft}/siap/{entries[draft]}/tetap 303 403 403 403 403 403 403 404 403
POST choosing.schedule           /kurasi/{to_publish}/jadwal                            303 403 403 403 303 403 403 403 403
POST choosing.schedule           /d/pariaman/kurasi/{to_publish}/jadwal                 303 403 403 403 403 403 403 404 403
GET  choosing.published          /kurasi/{published}/terbit                             303 403 403 403 200 403 403 403 403
GET  choosing.published          /d/pariaman/kurasi/{published}/terbit                  303 403 403 403 403 403 403 404 403
POST choosing.draw_kit           /kurasi/{published}/terbit/bahan-unggah                303 403 403 403 303 403 403 403 403
POST choosing.draw_kit           /d/pariaman/kurasi/{published}/terbit/bahan-unggah     303 403 403 403 403 403 403 404 403
GET  choosing.ask_correction     /kurasi/{published}/terbit/koreksi                     303 403 403 403 200 403 403 403 403
GET  choosing.ask_correction     /d/pariaman/kurasi/{published}/terbit/koreksi          303 403 403 403 403 403 403 404 403
POST choosing.correct            /kurasi/{published}/terbit/koreksi                     303 403 403 403 422 403 403 403 403
POST choosing.correct            /d/pariaman/kurasi/{published}/terbit/koreksi          303 403 403 403 403 403 403 404 403
GET  choosing.ask_removal        /kurasi/{published}/terbit/{entries[published]}/tarik  303 403 403 403 200 403 403 403 403
GET  choosing.ask_removal        /d/pariaman/kurasi/{published}/terbit/{entries[published]}/tarik 303 403 403 403 403 403 403 404 403
POST choosing.remove             /kurasi/{published}/terbit/{entries[published]}/tarik  303 403 403 403 422 403 403 403 403
POST choosing.remove             /d/pariaman/kurasi/{published}/terbit/{entries[published]}/tarik 303 403 403 403 403 403 403 404 403
GET  choosing.ask_unpublish      /kurasi/{published}/terbit/tarik                       303 403 403 403 200 403 403 403 403
GET  choosing.ask_unpublish      /d/pariaman/kurasi/{published}/terbit/tarik            303 403 403 403 403 403 403 404 403
POST choosing.unpublish          /kurasi/{published}/terbit/tarik                       303 403 403 403 422 403 403 403 403
POST choosing.unpublish          /d/pariaman/kurasi/{published}/terbit/tarik            303 403 403 403 403 403 403 404 403
GET  programme.show              /kelola/program                                        303 403 403 403 403 200 403 403 403
POST programme.save              /kelola/program                                        303 403 403 403 403 422 403 403 403
POST programme.add_series        /kelola/program/seri                                   303 403 403 403 403 422 403 403 403
POST programme.hand_over         /kelola/program/serahkan                               303 403 403 403 403 422 403 403 403
GET  calls.index                 /dasbor/edisi                                          303 403 200 200 403 403 200 403 403
POST calls.hear                  /dasbor/edisi/kabar                                    303 403 303 303 403 403 303 403 403
GET  calls.show                  /dasbor/edisi/{call}                                   303 403 200 200 403 403 404 403 403
GET  calls.show                  /dasbor/edisi/999999                                   303 403 404 404 403 403 404 403 403
POST calls.enter                 /dasbor/edisi/{call}                                   303 403 422 422 403 403 404 403 403
POST calls.leave                 /dasbor/edisi/{call}/mundur                            303 403 303 303 403 403 404 403 403
POST calls.answer                /dasbor/edisi/{call}/jawab                             303 403 303 303 403 403 404 403 403
POST calls.ready                 /dasbor/edisi/{call}/siap                              303 403 303 303 403 403 404 403 403
GET  moderation.desk            /moderasi                                              303 403 403 403 200 200 403 403 403
GET  moderation.desk            /d/pariaman/moderasi                                   303 403 403 403 403 403 403 200 200
GET  moderation.show            /moderasi/{mine.product}                               303 403 403 403 200 200 403 403 403
GET  moderation.show            /moderasi/{other.product}                              303 403 403 403 200 200 403 403 403
GET  moderation.show            /moderasi/{withheld}                                   303 403 403 403 200 200 403 403 403
GET  moderation.show            /moderasi/{far.product}                                303 403 403 403 404 404 403 403 403
GET  moderation.show            /moderasi/tidak-ada                                    303 403 403 403 404 404 403 403 403
GET  moderation.show            /d/pariaman/moderasi/{mine.product}                    303 403 403 403 403 403 403 404 404
POST moderation.decide          /moderasi/{mine.product}/putuskan                      303 403 403 403 422 422 403 403 403
POST moderation.decide          /moderasi/{far.product}/putuskan                       303 403 403 403 404 404 403 403 403
POST moderation.decide          /moderasi/tidak-ada/putuskan                           303 403 403 403 404 404 403 403 403
POST moderation.decide          /d/pariaman/moderasi/{mine.product}/putuskan           303 403 403 403 403 403 403 404 404
GET  moderation.history         /moderasi/riwayat                                      303 403 403 403 200 200 403 403 403
GET  moderation.history         /d/pariaman/moderasi/riwayat                           303 403 403 403 403 403 403 200 200
GET  moderation.rules           /moderasi/aturan                                       303 403 403 403 200 200 403 403 403
GET  moderation.rules           /d/pariaman/moderasi/aturan                            303 403 403 403 403 403 403 200 200
POST moderation.save_rules      /moderasi/aturan                                       303 403 403 403 403 422 403 403 403
POST moderation.save_rules      /d/pariaman/moderasi/aturan                            303 403 403 403 403 403 403 403 422
GET  moderation.report_form     /produk/{mine.product}/laporkan                        200 200 200 200 200 200 200 200 200
GET  moderation.report_form     /produk/{withheld}/laporkan                            404 404 404 404 404 404 404 404 404
GET  moderation.report_form     /produk/{far.product}/laporkan                         404 404 404 404 404 404 404 404 404
GET  moderation.report_form     /produk/tidak-ada/laporkan                             404 404 404 404 404 404 404 404 404
POST moderation.report          /produk/{mine.product}/laporkan                        422 422 422 422 422 422 422 422 422
POST moderation.report          /produk/{far.product}/laporkan                         404 404 404 404 404 404 404 404 404
POST moderation.report          /produk/tidak-ada/laporkan                             404 404 404 404 404 404 404 404 404
GET  notices.inbox              /dasbor/kabar                                          303 200 200 200 200 200 200 200 200
GET  notices.inbox              /d/pariaman/dasbor/kabar                               303 200 200 200 200 200 200 200 200
POST notices.read_all           /dasbor/kabar/terbaca                                  303 303 303 303 303 303 303 303 303
POST notices.open_one           /dasbor/kabar/{news[notice]}/buka                            303 404 303 404 404 404 404 404 404
POST notices.open_one           /dasbor/kabar/999999/buka                              303 404 404 404 404 404 404 404 404
GET  notices.channels           /dasbor/kabar/pilihan                                  303 200 200 200 200 200 200 200 200
POST notices.choose             /dasbor/kabar/pilihan                                  303 422 422 422 422 422 422 422 422
POST notices.give_address       /dasbor/kabar/pilihan/surel                            303 422 422 422 422 422 422 422 422
POST notices.drop_address       /dasbor/kabar/pilihan/surel/hapus                      303 303 303 303 303 303 303 303 303
POST notices.add_device         /dasbor/kabar/pilihan/perangkat                        303 422 422 422 422 422 422 422 422
POST notices.drop_device        /dasbor/kabar/pilihan/perangkat/{news[device]}/matikan       303 404 303 404 404 404 404 404 404
POST notices.drop_device        /dasbor/kabar/pilihan/perangkat/999999/matikan         303 404 404 404 404 404 404 404 404
GET  notices.confirm_form       /kabar/surel/{news[confirm]}                          200 200 200 200 200 200 200 200 200
GET  notices.confirm_form       /kabar/surel/tidak-ada                                 404 404 404 404 404 404 404 404 404
POST notices.confirm            /kabar/surel/{news[confirm]}                          303 303 303 303 303 303 303 303 303
POST notices.confirm            /kabar/surel/tidak-ada                                 404 404 404 404 404 404 404 404 404
GET  notices.stop_form          /kabar/berhenti/{news[stop]}                          200 200 200 200 200 200 200 200 200
GET  notices.stop_form          /kabar/berhenti/tidak-ada                              404 404 404 404 404 404 404 404 404
POST notices.stop               /kabar/berhenti/{news[stopped]}                         303 303 303 303 303 303 303 303 303
POST notices.stop               /kabar/berhenti/tidak-ada                              404 404 404 404 404 404 404 404 404
GET  push_worker                /kabar.js                                              200 200 200 200 200 200 200 200 200
GET  dashboard.admin            /kelola                                                303 403 403 403 403 200 403 403 403
GET  dashboard.admin            /d/pariaman/kelola                                     303 403 403 403 403 403 403 403 200
GET  dashboard.texts            /kelola/teks                                           303 403 403 403 403 200 403 403 403
POST dashboard.save_texts       /kelola/teks                                           303 403 403 403 403 422 403 403 403
GET  catalog.categories         /kelola/kategori                                       303 403 403 403 403 200 403 403 403
POST catalog.add_category       /kelola/kategori                                       303 403 403 403 403 422 403 403 403
GET  catalog.category           /kelola/kategori/camilan                               303 403 403 403 403 200 403 403 403
GET  catalog.category           /kelola/kategori/tidak-ada                             303 403 403 403 403 404 403 403 403
POST catalog.save_category      /kelola/kategori/camilan                               303 403 403 403 403 422 403 403 403
POST catalog.save_category      /kelola/kategori/tidak-ada                             303 403 403 403 403 404 403 403 403
GET  accounts.people            /kelola/petugas                                        303 403 403 403 403 200 403 403 403
POST accounts.invite            /kelola/petugas/undang                                 303 403 403 403 403 422 403 403 403
GET  accounts.hand_over_form    /kelola/petugas/{grants[curator]}/serahkan             303 403 403 403 403 200 403 403 403
GET  accounts.hand_over_form    /kelola/petugas/{grants[far]}/serahkan                 303 403 403 403 403 404 403 403 403
GET  accounts.hand_over_form    /kelola/petugas/{grants[seller]}/serahkan              303 403 403 403 403 404 403 403 403
GET  accounts.hand_over_form    /d/pariaman/kelola/petugas/{grants[curator]}/serahkan  303 403 403 403 403 403 403 403 404
POST accounts.hand_over         /kelola/petugas/{grants[curator]}/serahkan             303 403 403 403 403 422 403 403 403
POST accounts.hand_over         /kelola/petugas/{grants[far]}/serahkan                 303 403 403 403 403 404 403 403 403
POST accounts.hand_over         /d/pariaman/kelola/petugas/{grants[curator]}/serahkan  303 403 403 403 403 403 403 403 404
POST accounts.end_role          /kelola/petugas/{grants[spare]}/akhiri                 303 403 403 403 403 303 403 403 403
POST accounts.end_role          /kelola/petugas/{grants[far]}/akhiri                   303 403 403 403 403 404 403 403 403
POST accounts.end_role          /kelola/petugas/{grants[seller]}/akhiri                303 403 403 403 403 404 403 403 403
POST accounts.end_role          /d/pariaman/kelola/petugas/{grants[curator]}/akhiri    303 403 403 403 403 403 403 403 404
GET  exchange.index             /kelola/impor                                          303 403 403 403 403 200 403 403 403
POST exchange.send              /kelola/impor                                          303 403 403 403 403 422 403 403 403
GET  exchange.show              /kelola/impor/{runs[mine]}                             303 403 403 403 403 200 403 403 403
GET  exchange.show              /kelola/impor/{runs[far]}                              303 403 403 403 403 404 403 403 403
GET  exchange.show              /kelola/impor/999999                                   303 403 403 403 403 404 403 403 403
GET  exchange.show              /d/pariaman/kelola/impor/{runs[mine]}                  303 403 403 403 403 403 403 403 404
POST exchange.begin             /kelola/impor/{runs[mine]}                             303 403 403 403 403 422 403 403 403
POST exchange.begin             /kelola/impor/{runs[far]}                              303 403 403 403 403 404 403 403 403
POST exchange.add_photos        /kelola/impor/{runs[mine]}/foto                        303 403 403 403 403 422 403 403 403
POST exchange.add_photos        /kelola/impor/{runs[far]}/foto                         303 403 403 403 403 404 403 403 403
POST exchange.stop              /kelola/impor/{runs[mine]}/hentikan                    303 403 403 403 403 303 403 403 403
POST exchange.stop              /kelola/impor/{runs[far]}/hentikan                     303 403 403 403 403 404 403 403 403
GET  exchange.report            /kelola/impor/{runs[mine]}/laporan.csv                 303 403 403 403 403 200 403 403 403
GET  exchange.report            /kelola/impor/{runs[far]}/laporan.csv                  303 403 403 403 403 404 403 403 403
GET  exchange.export            /kelola/ekspor.csv                                     303 403 403 403 403 200 403 403 403
GET  healthz                    /healthz                                               200 200 200 200 200 200 200 200 200
GET  readyz                     /readyz                                                200 200 200 200 200 200 200 200 200
GET  robots                     /robots.txt                                            200 200 200 200 200 200 200 200 200
GET  favicon                    /favicon.ico                                           200 200 200 200 200 200 200 200 200
"""

# The companion's own: everywhere else a companion gets what a newcomer gets, who is signed in and no more.
COMPANION = """
GET  /pendampingan                              200
GET  /pendampingan/baru                         200
POST /pendampingan/baru                         422
GET  /pendampingan/{kept.shop}                  200
GET  /pendampingan/{mine.shop}                  404
GET  /pendampingan/tidak-ada                    404
GET  /pendampingan/{kept.shop}/ubah             200
POST /pendampingan/{kept.shop}/ubah             422
POST /pendampingan/{spare_shop}/tautan          303
POST /pendampingan/tidak-ada/tautan             404
POST /pendampingan/{spare_shop}/kirim           303
POST /pendampingan/tidak-ada/kirim              404
GET  /pendampingan/{kept.shop}/lembar           200
GET  /pendampingan/{mine.shop}/lembar           404
GET  /pendampingan/{kept.shop}/qr.svg           200
GET  /pendampingan/{mine.shop}/qr.svg           404
GET  /pendampingan/{kept.shop}/pembayaran       200
GET  /pendampingan/{mine.shop}/pembayaran       404
GET  /pendampingan/tidak-ada/pembayaran         404
GET  /dasbor/produk/baru                        404
POST /dasbor/produk/baru                        404
POST /dasbor/masih-ada                          404
GET  /dasbor/produk/{mine.product}              404
GET  /dasbor/produk/{mine.product}/pilihan      404
GET  /dasbor/produk/tidak-ada/pilihan           404
POST /dasbor/produk/{mine.product}/pilihan      404
GET  /dasbor/produk/tidak-ada                   404
POST /dasbor/produk/{mine.product}              404
POST /dasbor/produk/tidak-ada                   404
GET  /dasbor/produk/{other.product}             404
POST /dasbor/produk/{mine.product}/tarik        404
POST /dasbor/produk/tidak-ada/tarik             404
POST /dasbor/produk/{mine.product}/status       422
GET  /dasbor/pesanan/{mine.order_code}          404
GET  /dasbor/pesanan/{mine.order_token}         404
GET  /dasbor/pesanan/TAKADA                     404
POST /dasbor/pesanan/{mine.order_code}/jawab    404
POST /dasbor/pesanan/TAKADA/jawab               404
GET  /dasbor/pesanan/{mine.order_code}/bukti/1.jpg 404
GET  /dasbor/pesanan/{mine.order_code}/bukti/9.jpg 404
GET  /dasbor/pesanan/TAKADA/bukti/1.jpg          404
GET  /dasbor/pesanan/{mine.order_code}/label.pdf 404
GET  /dasbor/pesanan/TAKADA/label.pdf            404
"""


def cells() -> list[tuple[str, str, str, tuple[int, ...]]]:
    found = [line.split() for line in ROWS.strip().splitlines()]
    own = {(method, path): status for method, path, status in (line.split() for line in COMPANION.strip().splitlines())}
    newcomer = ROLES.index("newcomer")
    return [
        (method, endpoint, path, tuple(map(int, [*statuses, own.get((method, path), statuses[newcomer])])))
        for method, endpoint, path, *statuses in found
    ]


def fill(path: str, market: Market) -> str:
    numbers = {"published": PUBLISHED, "draft": DRAFT, "far_draft": FAR_DRAFT, "to_publish": TO_PUBLISH, "call_number": CALL}
    named = {"entries": market.entries, "call": market.call}
    kept = {"kept": market.kept, "spare_shop": market.spare_shop, "consent": market.kept.consent_id, "withheld": market.withheld}
    kept |= {"received": market.received_token, "received_link": shared_token(market.received_token)}
    return path.format(
        mine=market.mine,
        other=market.other,
        far=market.far,
        grants=market.grants,
        runs=market.runs,
        said=market.said,
        news=market.news,
        **numbers,
        **kept,
        **named,
    )


def person(market: Market, role: str) -> Actor | None:
    return None if role == "stranger" else getattr(market.cast, role)


def enter_all(market: Market) -> dict[str, FlaskClient]:
    return {role: market.enter(person(market, role)) for role in ROLES}


@pytest.fixture(scope="module")
def visitors(market: Market) -> dict[str, FlaskClient]:
    return enter_all(market)


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


@pytest.mark.parametrize(
    ("method", "endpoint", "path", "statuses"), cells(), ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_everybody_gets_what_the_table_says(
    market: Market, visitors: dict[str, FlaskClient], method: str, endpoint: str, path: str, statuses: tuple[int, ...]
) -> None:
    people = visitors if endpoint != "accounts.sign_out" else enter_all(market)
    got = tuple(people[role].open(fill(path, market), method=method).status_code for role in ROLES)

    assert dict(zip(ROLES, got, strict=True)) == dict(zip(ROLES, statuses, strict=True))


def test_every_route_has_a_row(market: Market) -> None:
    routes = {(method, rule.endpoint) for rule in rules(market.app) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}

    assert {(method, endpoint) for method, endpoint, _, _ in cells()} == routes


def test_every_row_is_about_the_route_it_names(market: Market) -> None:
    adapter = market.app.url_map.bind("localhost")
    for method, endpoint, path, _ in cells():
        assert adapter.match(re.sub(r"^/d/[a-z]+", "", fill(path, market)), method=method)[0] == endpoint


def test_every_route_says_in_one_word_who_may_open_it(market: Market) -> None:
    silent = [rule.endpoint for rule in rules(market.app) if not hasattr(market.app.view_functions[rule.endpoint], "access")]

    assert silent == []


def test_a_method_that_a_page_does_not_have_is_405(market: Market) -> None:
    known = {(rule.rule, method) for rule in rules(market.app) for method in rule.methods or set()}
    for _, _, path, _ in {(rule.endpoint, "", rule.rule, "") for rule in rules(market.app) if "<" not in rule.rule}:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            if (path, method) not in known:
                answer = market.enter(None).open(path, method=method)
                assert (answer.status_code, "Allow" in answer.headers) == (405, True), (method, path)


FOREIGN = [
    ("other_seller", "GET", "/dasbor/produk/{mine.product}", "/dasbor/produk/tidak-ada", {}),
    ("seller", "POST", "/dasbor/produk/{other.product}/tarik", "/dasbor/produk/tidak-ada/tarik", {}),
    ("curator", "GET", "/moderasi/{far.product}", "/moderasi/tidak-ada", {}),
    ("curator", "POST", "/moderasi/{far.product}/putuskan", "/moderasi/tidak-ada/putuskan", {"do": "approve", "revision": "1"}),
    ("stranger", "POST", "/produk/{far.product}/laporkan", "/produk/tidak-ada/laporkan", {"trouble": "other"}),
    ("far_seller", "GET", "/dasbor/produk/{mine.product}", "/dasbor/produk/tidak-ada", {}),
    ("other_seller", "POST", "/dasbor/produk/{mine.product}", "/dasbor/produk/tidak-ada", {"name": "Keripik", "price": "1"}),
    ("other_seller", "POST", "/dasbor/produk/{mine.product}/status", "/dasbor/produk/tidak-ada/status", {"to": "archived"}),
    ("other_seller", "GET", "/dasbor/pesanan/{mine.order_code}", "/dasbor/pesanan/TAKADA", {}),
    ("other_seller", "POST", "/dasbor/pesanan/{mine.order_code}/jawab", "/dasbor/pesanan/TAKADA/jawab", {"to": "confirmed"}),
    ("other_seller", "POST", "/dasbor/pesanan/{mine.order_code}/jawab", "/dasbor/pesanan/TAKADA/jawab", {"to": "declined", "why": "other"}),
    ("other_seller", "POST", "/dasbor/sesi/{mine.session_id}/akhiri", "/dasbor/sesi/999999/akhiri", {}),
    ("companion", "GET", "/dasbor/produk/{mine.product}", "/dasbor/produk/tidak-ada", {}),
    ("companion", "POST", "/dasbor/produk/{mine.product}", "/dasbor/produk/tidak-ada", {"name": "Keripik", "price": "1"}),
    ("companion", "GET", "/dasbor/pesanan/{mine.order_code}", "/dasbor/pesanan/TAKADA", {}),
    ("companion", "GET", "/pendampingan/{mine.shop}", "/pendampingan/tidak-ada", {}),
    ("companion", "POST", "/pendampingan/{mine.shop}/tautan", "/pendampingan/tidak-ada/tautan", {}),
    ("companion", "POST", "/pendampingan/{mine.shop}/kirim", "/pendampingan/tidak-ada/kirim", {}),
    ("admin", "GET", "/pendampingan/{kept.shop}/ubah", "/pendampingan/tidak-ada/ubah", {}),
    ("admin", "GET", "/dasbor/produk/{kept.product}", "/dasbor/produk/tidak-ada", {}),
    ("stranger", "GET", "/d/pariaman/klaim/{kept.token}", "/d/pariaman/klaim/tidak-ada", {}),
    ("seller", "POST", "/dasbor/persetujuan/{consent}/tarik", "/dasbor/persetujuan/999999/tarik", {}),
    ("other_seller", "POST", "/dasbor/kabar/{news[notice]}/buka", "/dasbor/kabar/999999/buka", {}),
    (
        "other_seller",
        "POST",
        "/dasbor/kabar/pilihan/perangkat/{news[device]}/matikan",
        "/dasbor/kabar/pilihan/perangkat/999999/matikan",
        {},
    ),
    ("curator", "GET", "/kurasi/{far_draft}", "/kurasi/99", {}),
    ("curator", "POST", "/kurasi/{far_draft}/rencana", "/kurasi/99/rencana", {"number": "7", "theme": "Tema"}),
    ("curator", "POST", "/kurasi/{far_draft}/ajukan", "/kurasi/99/ajukan", {"slug": "x"}),
    ("curator", "POST", "/kurasi/{far_draft}/jadwal", "/kurasi/99/jadwal", {"wish": "now"}),
    ("curator", "POST", "/kurasi/{far_draft}/batalkan", "/kurasi/99/batalkan", {"reason": "Tidak jadi diadakan."}),
    ("far_seller", "POST", "/dasbor/edisi/{call}", "/dasbor/edisi/999999", {"product": "x", "own_work": "y"}),
    ("admin", "GET", "/kelola/petugas/{grants[far]}/serahkan", "/kelola/petugas/999999/serahkan", {}),
    ("admin", "POST", "/kelola/petugas/{grants[far]}/serahkan", "/kelola/petugas/999999/serahkan", {"name": "T", "phone": "081227450999"}),
    ("admin", "POST", "/kelola/petugas/{grants[far]}/akhiri", "/kelola/petugas/999999/akhiri", {}),
    ("admin", "GET", "/kelola/impor/{runs[far]}", "/kelola/impor/999999", {}),
    ("admin", "POST", "/kelola/impor/{runs[far]}", "/kelola/impor/999999", {"name": "0", "price": "1", "place": "2", "do": "masukkan"}),
    ("admin", "POST", "/kelola/impor/{runs[far]}/hentikan", "/kelola/impor/999999/hentikan", {}),
    ("stranger", "GET", "/produk/{far.product}", "/produk/tidak-ada", {}),
    ("stranger", "GET", "/produk/{far.product}/pesan", "/produk/tidak-ada/pesan", {}),
    ("stranger", "POST", "/produk/{far.product}/pesan", "/produk/tidak-ada/pesan", {"quantity": "1", "buyer_name": "Rina"}),
    ("stranger", "GET", "/lapak/{far.shop}", "/lapak/tidak-ada", {}),
    ("stranger", "GET", "/edisi/{draft}", "/edisi/99", {}),
    ("stranger", "GET", "/edisi/{far_draft}", "/edisi/99", {}),
    ("stranger", "GET", "/pesanan/{mine.order_code}", "/pesanan/tidak-ada", {}),
    ("stranger", "POST", "/pesanan/{mine.order_code}/terima", "/pesanan/tidak-ada/terima", {}),
    ("other_seller", "POST", "/dasbor/testimoni/{said[mine]}/balas", "/dasbor/testimoni/999999/balas", {"text": "Terima kasih."}),
    ("curator", "POST", "/moderasi/testimoni/{said[far]}", "/moderasi/testimoni/999999", {"to": "shown", "seen": "1"}),
    ("stranger", "GET", "/lapak/{far.shop}/testimoni", "/lapak/tidak-ada/testimoni", {}),
    ("stranger", "GET", "/foto/{mine.photo}/master.jpg", "/foto/tidak-ada-tidak-ada-tidak/320.webp", {}),
]


@pytest.mark.parametrize(("role", "method", "foreign", "unknown", "data"), FOREIGN)
def test_what_is_not_theirs_answers_like_what_does_not_exist(
    market: Market, role: str, method: str, foreign: str, unknown: str, data: dict[str, str]
) -> None:  # fmt: skip
    client, before = market.enter(person(market, role)), market.writes()
    theirs, nothing = (client.open(fill(path, market), method=method, data=data) for path in (foreign, unknown))

    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert theirs.data == nothing.data
    assert market.writes() == before


def test_fields_that_a_form_does_not_ask_for_change_nothing(market: Market) -> None:
    seller = market.enter(market.cast.seller)
    asked = {"name": "Bu Darmi", "region_code": "33.15", "whatsapp": "081227450913", "about": ""}
    unasked = {"slug": "jahat", "owner_id": "2", "id": "2", "role": "admin", "is_admin": "1", "created_at": "2000-01-01", "shop_id": "2"}

    assert seller.post("/dasbor/lapak", data={**asked, **unasked}).status_code == 303
    assert seller.get(f"/lapak/{market.mine.shop}").status_code == 200
    assert seller.get("/dasbor").status_code == 200
    assert seller.get("/kelola").status_code == 403
