"""`{% asset "pages.css" %}`: the address of an asset, with the hash of its content in it."""

from django import template

from undersigned.pages.assets import address

register = template.Library()
register.simple_tag(address, name="asset")
